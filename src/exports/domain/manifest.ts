import { type JsonObject, type JsonValue } from '@app/kernel';

/** Version of the format; a file says it in its first line. */
export const MANIFEST_VERSION = 'v1';
/** What is listed by name, in the order in which one thing may need another. */
export const LISTED_KINDS = ['servers', 'instances', 'endpoints', 'pipelines'] as const;
export type ListedKind = (typeof LISTED_KINDS)[number];
export type ManifestKind = ListedKind | 'settings';

export interface NamedItem extends JsonObject {
  readonly name: string;
}

/**
 * What is wanted of an installation, in the words of the bodies that make it. A kind that is absent is not spoken of; a kind
 * that is there names everything of it.
 */
export interface Manifest {
  readonly servers?: readonly NamedItem[];
  readonly instances?: readonly NamedItem[];
  readonly endpoints?: readonly NamedItem[];
  readonly pipelines?: readonly NamedItem[];
  readonly settings?: JsonObject;
}

/** Stands for a secret that is the instance's own: the value is nowhere in the text, and its id is not the same elsewhere. */
export const OWN_SECRET = 'secret_ref:self:';

/** Names of secrets that somebody has to give before the item can be made. */
export function ownSecretsOf(value: JsonValue): readonly string[] {
  if (typeof value === 'string') return value.startsWith(OWN_SECRET) ? [value.slice(OWN_SECRET.length)] : [];
  if (typeof value !== 'object' || value === null) return [];
  return [...new Set(Object.values(value).flatMap(ownSecretsOf))].sort();
}

/** Every text that begins with one thing begins with another then. */
export function withPrefix(value: JsonValue, from: string, to: string): JsonValue {
  if (typeof value === 'string') return value.startsWith(from) ? `${to}${value.slice(from.length)}` : value;
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map((each) => withPrefix(each, from, to));
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withPrefix(each, from, to)]));
}

export const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value);
