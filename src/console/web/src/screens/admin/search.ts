export interface AdminSearch {
  readonly q?: string;
}

export const validateAdminSearch = (search: Record<string, unknown>): AdminSearch =>
  typeof search['q'] === 'string' ? { q: search['q'] } : {};
