import { type EnvironmentVariable } from '@app/contracts';
import { type JsonObject, type JsonValue } from '@app/kernel';
import { isPlaceholder, isSecretName, isSecretValue } from '../planning/secret-signs';

type Members = Readonly<Record<string, unknown>>;
const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Real ones have some thousand characters. */
const ORIGIN_MAX = 32_768;

/** Where whoever publishes a server may keep words of their own; ours are the types that `format` has no word for. */
export const PUBLISHER_META = 'io.modelcontextprotocol.registry/publisher-provided';
type VariableType = EnvironmentVariable['type'];
const TYPES = ['string', 'integer', 'number', 'boolean', 'json', 'url'] as const;
const isVariableType = (value: unknown): value is VariableType =>
  (TYPES as readonly unknown[]).includes(value);

/** The document, to be kept beside our own words for it; undefined: it is too large. What may be a secret is not in it. */
export function originOf(server: Members): JsonObject | undefined {
  const kept = withoutSecrets(server as JsonObject) as JsonObject;
  return JSON.stringify(kept).length > ORIGIN_MAX ? undefined : kept;
}

function withoutSecrets(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(withoutSecrets);
  if (!isMembers(value)) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.flatMap(([key, each]) =>
      (key === 'value' || key === 'default') && isSecretInput(value, each)
        ? []
        : [[key, withoutSecrets(each)]],
    ),
  );
}

/** A place where somebody has to write something is none, and neither is a text made of such places. */
function isSecretInput({ name, isSecret }: Members, given: JsonValue): boolean {
  if (typeof given !== 'string' || isPlaceholder(given) || /\{\w+\}/.test(given)) return false;
  return isSecret === true || (typeof name === 'string' && isSecretName(name)) || isSecretValue(given);
}

export function variableTypes(server: Members): ReadonlyMap<string, VariableType> {
  const meta = isMembers(server['_meta']) ? server['_meta'][PUBLISHER_META] : undefined;
  const own = isMembers(meta) && isMembers(meta['quayside']) ? meta['quayside']['env_types'] : undefined;
  const entries = isMembers(own) ? Object.entries(own) : [];
  return new Map(entries.filter((entry): entry is [string, VariableType] => isVariableType(entry[1])));
}
