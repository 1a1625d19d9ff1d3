export interface RunSearch {
  readonly q?: string;
}

export const validateRunSearch = (search: Record<string, unknown>): RunSearch =>
  typeof search['q'] === 'string' ? { q: search['q'] } : {};
