/**
 * The workspace every installation begins with. Its administrators are those of the installation; what was made before there
 * were others, and what the system does by itself, belongs to it.
 */
export const DEFAULT_WORKSPACE_ID = '00000000-0000-4000-8000-000000000001';

/** Whose rows a query may see. Required wherever rows have an owner; a principal is one. */
export interface Scope {
  readonly workspaceId: string;
}
