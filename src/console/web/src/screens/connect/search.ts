export interface ConnectSearch {
  readonly q?: string;
}

export const validateConnectSearch = (search: Record<string, unknown>): ConnectSearch =>
  typeof search['q'] === 'string' ? { q: search['q'] } : {};
