import { BASE } from '~/security';

/** One call of the API as the query cache remembers it. */
export interface AskedCall {
  readonly method: string;
  /** With its parameters filled in. */
  readonly path: string;
}

interface Init {
  readonly params?: { readonly path?: Record<string, unknown>; readonly query?: Record<string, unknown> };
}

/** Keys of the cache are `[method, path, init]`; anything else is not a call. */
export function callOf(key: readonly unknown[]): AskedCall | undefined {
  const [method, template, init] = key;
  if (typeof method !== 'string' || typeof template !== 'string' || !template.startsWith('/'))
    return undefined;
  const { path = {}, query = {} } = (init as Init | undefined)?.params ?? {};
  const filled = template.replace(/\{(\w+)\}/g, (_whole, name: string) =>
    encodeURIComponent(textOf(path[name])),
  );
  return { method: method.toUpperCase(), path: BASE + filled + searchOf(query) };
}

function searchOf(query: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(query).map(([name, value]) => [name, textOf(value)] as const);
  const search = new URLSearchParams(
    given.filter(([, text]) => text !== '').map(([name, text]) => [name, text]),
  );
  return search.size === 0 ? '' : `?${search.toString()}`;
}

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';

export const asCurl = ({ method, path }: AskedCall, origin: string): string =>
  [
    `curl ${method === 'GET' ? '' : `-X ${method} `}'${origin}${path}' \\`,
    `  -H "Authorization: Bearer $QUAYSIDE_API_KEY"`,
  ].join('\n');

const API = '/api/v1/';

/** Any operation can be called by `quayside api`; its paths begin behind the version. */
export const asCommand = ({ method, path }: AskedCall): string => {
  const at = path.indexOf(API);
  return `quayside api ${method} '${at === -1 ? path : path.slice(at + API.length)}'`;
};

export const asTypescript = ({ method, path }: AskedCall, origin: string): string =>
  [
    `const response = await fetch('${origin}${path}', {`,
    ...(method === 'GET' ? [] : [`  method: '${method}',`]),
    '  headers: { authorization: `Bearer ${process.env.QUAYSIDE_API_KEY}` },',
    '});',
    'const answer = await response.json();',
  ].join('\n');
