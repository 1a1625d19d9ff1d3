export interface CatalogSearch {
  readonly q?: string;
}

export const validateCatalogSearch = (search: Record<string, unknown>): CatalogSearch =>
  typeof search['q'] === 'string' ? { q: search['q'] } : {};
