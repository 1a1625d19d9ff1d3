import { oneOf } from '~/shell/search-params';

const SOURCES = ['built_in', 'own', 'imported'] as const;
const TYPES = ['docker', 'url', 'stdio'] as const;
export type Source = (typeof SOURCES)[number];
export type ServerType = (typeof TYPES)[number];

export interface CatalogSearch {
  readonly q?: string;
  readonly source?: Source;
  readonly type?: ServerType;
  /** The box for adding servers is open. */
  readonly add?: true;
}

export function validateCatalogSearch(search: Record<string, unknown>): CatalogSearch {
  const source = oneOf(search['source'], SOURCES);
  const type = oneOf(search['type'], TYPES);
  return {
    ...(typeof search['q'] === 'string' && search['q'] !== '' ? { q: search['q'] } : {}),
    ...(source === undefined ? {} : { source }),
    ...(type === undefined ? {} : { type }),
    ...(search['add'] === true || search['add'] === 'true' ? { add: true as const } : {}),
  };
}

export interface InstallSearch {
  /** The instance that was made here: its start is shown in place of the button. */
  readonly instance?: string;
}

export const validateInstallSearch = (search: Record<string, unknown>): InstallSearch =>
  typeof search['instance'] === 'string' ? { instance: search['instance'] } : {};
