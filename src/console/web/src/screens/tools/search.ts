export interface ToolsSearch {
  readonly q?: string;
}

export const validateToolsSearch = (search: Record<string, unknown>): ToolsSearch =>
  typeof search['q'] === 'string' ? { q: search['q'] } : {};
