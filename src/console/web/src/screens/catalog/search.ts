import { oneOf } from '~/shell/search-params';

const SOURCES = ['built_in', 'own', 'imported'] as const;
const TYPES = ['docker', 'url', 'stdio'] as const;
const TABS = ['registry', 'published'] as const;
export type CatalogTab = (typeof TABS)[number];
export type Source = (typeof SOURCES)[number];
export type ServerType = (typeof TYPES)[number];

export interface CatalogSearch {
  /** Absent: the definitions. */
  readonly tab?: CatalogTab;
  readonly q?: string;
  readonly source?: Source;
  readonly type?: ServerType;
  /** Of the registry: how a server comes. */
  readonly kind?: string;
  /** The box for adding servers is open. */
  readonly add?: true;
}

export function validateCatalogSearch(search: Record<string, unknown>): CatalogSearch {
  const source = oneOf(search['source'], SOURCES);
  const type = oneOf(search['type'], TYPES);
  const tab = oneOf(search['tab'], TABS);
  return {
    ...(typeof search['q'] === 'string' && search['q'] !== '' ? { q: search['q'] } : {}),
    ...(source === undefined ? {} : { source }),
    ...(type === undefined ? {} : { type }),
    ...(tab === undefined ? {} : { tab }),
    ...(typeof search['kind'] === 'string' && search['kind'] !== '' ? { kind: search['kind'] } : {}),
    ...(search['add'] === true || search['add'] === 'true' ? { add: true as const } : {}),
  };
}

export interface InstallSearch {
  /** The instance that was made here: its start is shown in place of the button. */
  readonly instance?: string;
}

export const validateInstallSearch = (search: Record<string, unknown>): InstallSearch =>
  typeof search['instance'] === 'string' ? { instance: search['instance'] } : {};
