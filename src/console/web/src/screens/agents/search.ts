export interface AgentsSearch {
  readonly q?: string;
}

export const validateAgentsSearch = (search: Record<string, unknown>): AgentsSearch =>
  typeof search['q'] === 'string' ? { q: search['q'] } : {};
