import { oneOf, present, textOf } from '~/shell/search-params';

const SOURCES = ['built_in', 'own', 'imported'] as const;
const TYPES = ['docker', 'url', 'stdio'] as const;
const TABS = ['registry', 'published'] as const;
const VIEWS = ['table'] as const;
const SORTS = ['name', '-name', 'instances', '-instances', 'created_at', '-created_at'] as const;
export type CatalogSort = (typeof SORTS)[number];
export type CatalogTab = (typeof TABS)[number];
export type Source = (typeof SOURCES)[number];
export type ServerType = (typeof TYPES)[number];

export interface CatalogSearch {
  /** Absent: the definitions. */
  readonly tab?: CatalogTab;
  readonly q?: string;
  readonly source?: Source;
  readonly type?: ServerType;
  readonly tag?: string;
  /** Absent: cards. */
  readonly view?: 'table';
  /** Of the table. */
  readonly sort?: CatalogSort;
  /** Of the registry: how a server comes. */
  readonly kind?: string;
  /** The box for adding servers is open. */
  readonly add?: true;
}

export function validateCatalogSearch(search: Record<string, unknown>): CatalogSearch {
  return present({
    tab: oneOf(search['tab'], TABS),
    q: textOf(search['q']),
    source: oneOf(search['source'], SOURCES),
    type: oneOf(search['type'], TYPES),
    tag: textOf(search['tag']),
    view: oneOf(search['view'], VIEWS),
    sort: oneOf(search['sort'], SORTS),
    kind: textOf(search['kind']),
    add: search['add'] === true || search['add'] === 'true' ? (true as const) : undefined,
  });
}

export interface InstallSearch {
  /** The instance that was made here: its start is shown in place of the button. */
  readonly instance?: string;
}

export const validateInstallSearch = (search: Record<string, unknown>): InstallSearch =>
  typeof search['instance'] === 'string' ? { instance: search['instance'] } : {};
