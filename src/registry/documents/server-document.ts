import { type EnvironmentVariable } from '@app/contracts';
import { isSameJson, type JsonObject, type JsonValue } from '@app/kernel';
import { type DefinitionState } from '../../catalog';
import { chosenPackage, definitionOfServerJson, PUBLISHER_META } from '../../imports';
import { SERVER_SCHEMA, shortened } from '../domain/published-server';

type Described = Pick<
  DefinitionState,
  'name' | 'description' | 'version' | 'dockerImageUrl' | 'envSchema' | 'defaults' | 'origin'
>;

/** What a version is where nobody said one: there has to be a concrete one. */
const FIRST_VERSION = '0.0.1';
const PORT = 8000;

/**
 * A definition as server.json, for others to run; undefined: nobody else could. One that was imported is the document that it came
 * from, but for what was changed here since; anything else is written anew.
 */
export function documentOf(definition: Described, namespace: string): JsonObject | undefined {
  const { origin } = definition;
  const imported = origin === undefined || origin === null ? undefined : definitionOfServerJson(origin);
  if (origin !== undefined && origin !== null && imported !== undefined)
    return amended(origin, imported, definition);
  const run = runOf(definition);
  return run === undefined
    ? undefined
    : { ...headOf(definition, namespace), ...run, ...metaOf(definition.envSchema) };
}

type Imported = NonNullable<ReturnType<typeof definitionOfServerJson>>;

function amended(origin: JsonObject, was: Imported, now: Described): JsonObject {
  const isSame = (part: 'description' | 'version' | 'dockerImageUrl' | 'defaults' | 'envSchema'): boolean =>
    isSameJson(plain(was[part]), plain(now[part]));
  const moved = isSame('dockerImageUrl') && isSame('defaults') ? {} : replaced(origin, now);
  return {
    ...origin,
    ...(isSame('description') ? {} : { description: shortened(now.description) || now.name }),
    ...(isSame('version') ? {} : { version: versionOf(now.version) }),
    ...moved,
    ...(isSame('envSchema') || 'packages' in moved ? {} : withVariables(origin, now.envSchema)),
  };
}

/** It runs from something else now: what was said of packages and addresses is no longer true. */
function replaced(origin: JsonObject, now: Described): JsonObject {
  const run = runOf(now);
  if (run === undefined) return {};
  return 'packages' in run
    ? { remotes: [], ...run, ...metaOf(now.envSchema, origin) }
    : { packages: [], ...run };
}

function withVariables(origin: JsonObject, schema: readonly EnvironmentVariable[]): JsonObject {
  const chosen = chosenPackage(origin);
  if (chosen === undefined) return {};
  const packages = (origin['packages'] as readonly JsonObject[]).map((each) =>
    each === chosen ? { ...each, environmentVariables: schema.map(inputOf) } : each,
  );
  return { packages, ...metaOf(schema, origin) };
}

const headOf = ({ name, description, version }: Described, namespace: string): JsonObject => ({
  $schema: SERVER_SCHEMA,
  name: `${namespace}/${name}`,
  description: shortened(description) || name,
  version: versionOf(version),
});

/** Ranges and "latest" are no versions. */
const versionOf = (version: string): string =>
  version === '' || /^latest$|^[~^<>=]|[*\s]|\.x$/i.test(version) ? FIRST_VERSION : version;

function runOf({ dockerImageUrl: image, defaults, envSchema }: Described): JsonObject | undefined {
  if (image !== '') return { packages: [packageOf(image, defaults, envSchema)] };
  const { endpoint, transport, type } = defaults;
  if (type === 'stdio' || typeof endpoint !== 'string' || !/^https?:/.test(endpoint)) return undefined;
  return { remotes: [{ type: transport === 'sse' ? 'sse' : 'streamable-http', url: endpoint }] };
}

function packageOf(image: string, defaults: JsonObject, schema: readonly EnvironmentVariable[]): JsonObject {
  const { command } = defaults;
  const words = Array.isArray(command) ? (command as readonly JsonValue[]) : [];
  return {
    registryType: 'oci',
    identifier: image,
    transport: transportOf(defaults),
    ...(words.length === 0
      ? {}
      : { packageArguments: words.map((value) => ({ type: 'positional', value })) }),
    ...(schema.length === 0 ? {} : { environmentVariables: schema.map(inputOf) }),
  };
}

function transportOf({ transport, port, mcp_path: path }: JsonObject): JsonObject {
  if (transport === 'stdio') return { type: 'stdio' };
  const isSse = transport === 'sse';
  const place = typeof path === 'string' ? path : isSse ? '/sse' : '/mcp';
  const at = typeof port === 'number' ? port : PORT;
  return { type: isSse ? 'sse' : 'streamable-http', url: `http://localhost:${String(at)}${place}` };
}

const FORMATS: Readonly<Partial<Record<EnvironmentVariable['type'], string>>> = {
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
};

function inputOf(variable: EnvironmentVariable): JsonObject {
  const { name, type, description = '', required, secret, default: byDefault } = variable;
  const format = FORMATS[type];
  return {
    name,
    ...(description === '' ? {} : { description }),
    ...(format === undefined ? {} : { format }),
    ...(required === true ? { isRequired: true } : {}),
    ...(secret === true ? { isSecret: true } : {}),
    ...(byDefault === undefined || byDefault === null ? {} : { default: byDefault }),
  };
}

/** Types that `format` has no word for, so that an installation of the same kind reads what was written. */
function metaOf(schema: readonly EnvironmentVariable[], origin: JsonObject = {}): JsonObject {
  const odd = schema.filter(({ type }) => type === 'integer' || type === 'json' || type === 'url');
  if (odd.length === 0) return {};
  const types = Object.fromEntries(odd.map(({ name, type }) => [name, type]));
  const meta = membersOf(origin['_meta']);
  return {
    _meta: {
      ...meta,
      [PUBLISHER_META]: { ...membersOf(meta[PUBLISHER_META]), quayside: { env_types: types } },
    },
  };
}

const membersOf = (value: JsonValue | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};

const plain = (value: unknown): JsonValue => JSON.parse(JSON.stringify(value)) as JsonValue;
