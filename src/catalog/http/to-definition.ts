import { type EnvironmentVariable } from '@app/contracts';
import { type JsonObject } from '@app/kernel';
import { DefinitionInvalidError } from '../domain/definition.errors';
import { type DefinitionChange, type DefinitionState, type NewDefinition } from '../domain/server-definition';
import {
  type DefinitionFieldsDto,
  type EnvironmentVariableDto,
  type RegisterServerDto,
  type UpdateServerDto,
} from './register-server.dto';

type Wanted = Omit<NewDefinition, 'id' | 'builtIn'>;

/** Fields of a body that are defaults of its instances. */
const DEFAULT_FIELDS = ['command', 'port', 'transport', 'resources', 'health_check', 'network'] as const;
const STDIO = /^stdio:\/\/([a-z0-9-]{1,63})\/?$/;

export function toDefinition(body: RegisterServerDto): Wanted {
  refuseMixture(body);
  refuseHalfAClient(body);
  return {
    name: body.name,
    description: body.description ?? '',
    dockerImageUrl: body.docker_image_url ?? '',
    version: body.version ?? '',
    tags: body.tags ?? [],
    status: body.status ?? 'published',
    isPublic: body.is_public ?? false,
    envSchema: (body.env_schema ?? []).map(toVariable),
    // What only this one instance needs, credentials above all, is not offered to others as a default.
    defaults: body.url === undefined ? defaultsOf(body) : remoteBase(body.url, body.timeout),
  };
}

/** The specification of the instance that is made with a remote definition. */
export function toRemoteSpec(body: RegisterServerDto): JsonObject | undefined {
  const { url, timeout, headers } = body;
  if (url === undefined) return undefined;
  return {
    ...remoteBase(url, timeout),
    ...(headers === undefined ? {} : { headers: headers.map(({ key, value }) => ({ key, value })) }),
    ...(body.oauth2_client_id === undefined ? {} : { authentication: oauth(body) }),
  };
}

/** A merge patch: what is null goes back to its default, what is absent stays. */
export function toDefinitionChange(body: UpdateServerDto, stored: DefinitionState): DefinitionChange {
  const {
    name,
    description,
    docker_image_url: image,
    version,
    tags,
    status,
    is_public: isPublic,
    env_schema: schema,
  } = body;
  const defaults = patchedDefaults(body, stored.defaults);
  return {
    ...given('name', name),
    ...given('description', description, ''),
    ...given('dockerImageUrl', image, ''),
    ...given('version', version, ''),
    ...given('tags', tags, []),
    ...given('status', status),
    ...given('isPublic', isPublic, false),
    ...(schema === undefined ? {} : { envSchema: schema.map(toVariable) }),
    ...(defaults === undefined ? {} : { defaults }),
  };
}

/** `null` arrives where a field is optional, whatever its type says. */
function given<K extends keyof DefinitionChange>(
  key: K,
  value: DefinitionChange[K] | null | undefined,
  cleared?: DefinitionChange[K],
): DefinitionChange {
  if (value === undefined) return {};
  const chosen = value ?? cleared;
  return chosen === undefined ? {} : { [key]: chosen };
}

function defaultsOf(body: DefinitionFieldsDto): JsonObject {
  return Object.fromEntries(
    DEFAULT_FIELDS.flatMap((key) => (body[key] === undefined ? [] : [[key, body[key]]])),
  ) as JsonObject;
}

function patchedDefaults(body: UpdateServerDto, stored: JsonObject): JsonObject | undefined {
  const sent = DEFAULT_FIELDS.filter((key) => body[key] !== undefined);
  if (sent.length === 0) return undefined;
  const merged = new Map<string, unknown>(Object.entries(stored));
  for (const key of sent) {
    const value: unknown = body[key];
    if (value === null) merged.delete(key);
    else merged.set(key, value);
  }
  return Object.fromEntries(merged) as JsonObject;
}

function remoteBase(url: string, timeout: number | undefined): JsonObject {
  const bundled = STDIO.exec(url)?.[1];
  const base: JsonObject =
    bundled === undefined ? { type: 'url', endpoint: url } : { type: 'stdio', command: bundled };
  return timeout === undefined ? base : { ...base, timeout };
}

const oauth = (body: RegisterServerDto): JsonObject => ({
  type: 'oauth2_client_credentials',
  ...(body.oauth2_token_url === undefined ? {} : { token_url: body.oauth2_token_url }),
  ...(body.oauth2_client_id === undefined ? {} : { client_id: body.oauth2_client_id }),
  ...(body.oauth2_client_secret === undefined ? {} : { client_secret: body.oauth2_client_secret }),
  ...(body.oauth2_scopes === undefined ? {} : { scopes: body.oauth2_scopes }),
});

const REMOTE_FIELDS = [
  'timeout',
  'headers',
  'oauth2_token_url',
  'oauth2_client_id',
  'oauth2_client_secret',
  'oauth2_scopes',
] as const;

/** Either an image or an address: a body with parts of both would be half ignored. */
function refuseMixture(body: RegisterServerDto): void {
  const misplaced: readonly string[] =
    body.url === undefined
      ? REMOTE_FIELDS.filter((key) => body[key] !== undefined)
      : [
          ...DEFAULT_FIELDS.filter((key) => body[key] !== undefined),
          ...((body.docker_image_url ?? '') === '' ? [] : ['docker_image_url']),
        ];
  if (misplaced.length === 0) return;
  const detail =
    body.url === undefined ? 'only a remote server, with url, has this' : 'a remote server has no such thing';
  throw new DefinitionInvalidError(
    misplaced.map((field) => ({ pointer: `/${field}`, code: 'not_applicable', detail })),
  );
}

const CLIENT_FIELDS = ['oauth2_client_id', 'oauth2_client_secret'] as const;

/** A client without its id or its secret would never be used: the server would be called without a token. */
function refuseHalfAClient(body: RegisterServerDto): void {
  const isWanted = [...CLIENT_FIELDS, 'oauth2_token_url' as const, 'oauth2_scopes' as const].some(
    (key) => body[key] !== undefined,
  );
  const missing = CLIENT_FIELDS.filter((key) => body[key] === undefined);
  if (!isWanted || missing.length === 0) return;
  const detail = 'an OAuth2 client has an id and a secret';
  throw new DefinitionInvalidError(
    missing.map((field) => ({ pointer: `/${field}`, code: 'required', detail })),
  );
}

const toVariable = ({
  name,
  type,
  description,
  required,
  secret,
  default: byDefault,
}: EnvironmentVariableDto): EnvironmentVariable => ({
  name,
  type,
  ...(description === undefined ? {} : { description }),
  ...(required === undefined ? {} : { required }),
  ...(secret === undefined ? {} : { secret }),
  ...(byDefault === undefined ? {} : { default: byDefault }),
});
