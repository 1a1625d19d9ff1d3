import { type components } from '~/api/schema.gen';
import { readLines } from '~/components/label-lines';
import { type Definition, type Variable } from '../data';

export type NewInstance = components['schemas']['CreateInstanceDto'];

/** What somebody has typed so far; empty texts are not sent. */
export interface Draft {
  readonly name: string;
  readonly description: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly replicas: string;
  readonly memory: string;
  readonly cpu: string;
  readonly health: string;
  readonly timeout: string;
  readonly headers: string;
  /** `key: value`, one per line. */
  readonly labels: string;
}

export const emptyDraft = (name: string): Draft => ({
  ...{ name, description: '', variables: {} },
  ...{ replicas: '', memory: '', cpu: '', health: '', timeout: '', headers: '', labels: '' },
});

/** The name itself, or with the first number that nobody has: one click has to be enough. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  const numbered = Array.from({ length: taken.size }, (_, at) => `${name}-${String(at + 2)}`);
  return [name, ...numbered].find((each) => !taken.has(each)) ?? name;
}

/** Required ones first, each group in the order of the definition. */
export const inOrder = (schema: readonly Variable[]): readonly Variable[] => [
  ...schema.filter(({ required }) => required === true),
  ...schema.filter(({ required }) => required !== true),
];

const given = (value: string): boolean => value.trim() !== '';

/** The request, as it is sent. */
export function requestOf(draft: Draft, definition: Definition): NewInstance {
  const environment = Object.fromEntries(Object.entries(draft.variables).filter(([, value]) => value !== ''));
  const spec = specOf(draft, definition.type);
  return {
    name: draft.name.trim(),
    server_spec_id: definition.id,
    ...(given(draft.replicas) && definition.type !== 'url' ? { replicas: Number(draft.replicas) } : {}),
    ...(given(draft.description) ? { description: draft.description.trim() } : {}),
    ...(given(draft.labels) ? { labels: readLines(draft.labels) } : {}),
    ...(Object.keys(spec).length === 0
      ? {}
      : { json_spec: spec as unknown as NonNullable<NewInstance['json_spec']> }),
    ...(Object.keys(environment).length === 0 ? {} : { environment }),
  };
}

function specOf(draft: Draft, type: string): Readonly<Record<string, unknown>> {
  const limits = {
    ...(given(draft.memory) ? { memory_limit: draft.memory.trim() } : {}),
    ...(given(draft.cpu) ? { cpu_limit: draft.cpu.trim() } : {}),
  };
  const headers = type === 'url' ? headersOf(draft.headers) : [];
  return {
    ...(type !== 'url' && Object.keys(limits).length > 0 ? { resources: limits } : {}),
    ...(given(draft.health) ? { health_check: { path: draft.health.trim() } } : {}),
    ...(given(draft.timeout) ? { timeout: Number(draft.timeout) } : {}),
    ...(headers.length > 0 ? { headers } : {}),
  };
}

/** `Name: value`, one per line; a line without a colon is sent as it is, so that the answer says what is wrong with it. */
export const headersOf = (lines: string): readonly { readonly key: string; readonly value: string }[] =>
  lines
    .split('\n')
    .filter(given)
    .map((line) => {
      const at = line.indexOf(':');
      return at < 0
        ? { key: line.trim(), value: '' }
        : { key: line.slice(0, at).trim(), value: line.slice(at + 1).trim() };
    });

const HIDDEN = '••••••';
const isReference = (value: string): boolean => value.startsWith('secret_ref:');

/** The same without a single secret: for the eye, and for the clipboard. */
export function shownRequest(
  request: NewInstance,
  schema: readonly Variable[],
): Readonly<Record<string, unknown>> {
  const secrets = new Set(schema.filter(({ secret }) => secret === true).map(({ name }) => name));
  const { environment, json_spec: spec, ...rest } = request;
  const headers = (spec as { headers?: readonly { key: string; value: string }[] } | undefined)?.headers;
  const variables = Object.entries(environment ?? {}).map(([name, value]) => [
    name,
    secrets.has(name) && !isReference(value) ? HIDDEN : value,
  ]);
  return {
    ...rest,
    ...(spec === undefined
      ? {}
      : { json_spec: { ...spec, ...(headers && { headers: headers.map(hideHeader) }) } }),
    ...(environment === undefined ? {} : { environment: Object.fromEntries(variables) }),
  };
}

const hideHeader = ({ key, value }: { readonly key: string; readonly value: string }) => ({
  key,
  value: isReference(value) ? value : HIDDEN,
});

/** For a terminal; the key is a variable of the shell. */
export const curlOf = (origin: string, request: Readonly<Record<string, unknown>>): string =>
  [
    `curl -X POST ${origin}/api/v1/mcp/instances \\`,
    '  -H "Authorization: Bearer $QUAYSIDE_API_KEY" \\',
    '  -H "Content-Type: application/json" \\',
    `  -d '${JSON.stringify(request).replaceAll("'", String.raw`'\''`)}'`,
  ].join('\n');
