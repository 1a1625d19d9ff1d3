export interface InstancesSearch {
  readonly q?: string;
}

export const validateInstancesSearch = (search: Record<string, unknown>): InstancesSearch =>
  typeof search['q'] === 'string' ? { q: search['q'] } : {};

export interface InstanceSearch {
  readonly q?: string;
}

export const validateInstanceSearch = (search: Record<string, unknown>): InstanceSearch =>
  typeof search['q'] === 'string' ? { q: search['q'] } : {};
