export interface PipelinesSearch {
  readonly q?: string;
}

export const validatePipelinesSearch = (search: Record<string, unknown>): PipelinesSearch =>
  typeof search['q'] === 'string' ? { q: search['q'] } : {};
