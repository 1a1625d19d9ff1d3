export interface OverviewSearch {
  readonly q?: string;
}

export const validateOverviewSearch = (search: Record<string, unknown>): OverviewSearch =>
  typeof search['q'] === 'string' ? { q: search['q'] } : {};
