import { type InstanceSpec, looksLikeSecretReference, secretReference, type UrlSpec } from '@app/contracts';
import { pointerOf } from './zod-problems';

/** A specification without literals of secrets, and the values that have to be in the store before it is. */
export interface SafeSpec {
  readonly spec: InstanceSpec;
  readonly secrets: ReadonlyMap<string, string>;
}

/** Headers whose values tell nothing; every other literal counts as a secret. */
const HARMLESS_HEADERS = new Set([
  'accept',
  'accept-language',
  'content-type',
  'user-agent',
  'x-client-name',
  'x-client-version',
]);
const NAME_MAX = 128;

/** Replaces each literal where a reference belongs; names are those of the store, unique within the instance. */
export function moveSecrets(
  spec: InstanceSpec,
  instanceId: string,
  variables: ReadonlySet<string>,
): SafeSpec {
  const secrets = new Map<string, string>();
  const move = (name: string, value: string): string => {
    if (looksLikeSecretReference(value)) return value;
    secrets.set(name, value);
    return secretReference(instanceId, name);
  };
  if (spec.type === 'url') return { spec: moveOfUrl(spec, move), secrets };
  const environment = Object.entries(spec.environment ?? {}).map(([name, value]) => [
    name,
    variables.has(name) ? move(name, value) : value,
  ]);
  if (environment.length === 0) return { spec, secrets };
  return {
    spec: { ...spec, environment: Object.fromEntries(environment) as Record<string, string> },
    secrets,
  };
}

type Move = (name: string, value: string) => string;

function moveOfUrl(spec: UrlSpec, move: Move): UrlSpec {
  const { authentication, headers } = spec;
  return {
    ...spec,
    ...(authentication === undefined ? {} : { authentication: moveOfAuthentication(authentication, move) }),
    ...(headers === undefined
      ? {}
      : {
          headers: headers.map(({ key, value }, at) =>
            HARMLESS_HEADERS.has(key.toLowerCase())
              ? { key, value }
              : { key, value: move(headerName(key, at), value) },
          ),
        }),
  };
}

function moveOfAuthentication(
  authentication: NonNullable<UrlSpec['authentication']>,
  move: Move,
): NonNullable<UrlSpec['authentication']> {
  if (authentication.type === 'bearer')
    return { ...authentication, token: move('AUTH_TOKEN', authentication.token) };
  if (authentication.type === 'oauth2_client_credentials')
    return { ...authentication, client_secret: move('OAUTH2_CLIENT_SECRET', authentication.client_secret) };
  return authentication;
}

/** Two headers may differ only in signs that a name cannot have, hence the position. */
const headerName = (key: string, at: number): string =>
  `HEADER_${at}_${key.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`.slice(0, NAME_MAX);

/** Every reference that a specification holds, with the place of its first use. */
export function referencePointers(spec: InstanceSpec): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const walk = (value: unknown, pointer: string): void => {
    if (typeof value === 'string' && looksLikeSecretReference(value)) {
      if (!found.has(value)) found.set(value, pointer);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) walk(item, pointer + pointerOf(key));
    }
  };
  walk(spec, '/json_spec');
  return found;
}
