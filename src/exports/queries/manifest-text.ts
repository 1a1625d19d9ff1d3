import { parse, stringify } from 'yaml';
import { type JsonObject, type JsonValue } from '@app/kernel';
import {
  isList,
  LISTED_KINDS,
  type ListedKind,
  type Manifest,
  MANIFEST_VERSION,
  type NamedItem,
} from '../domain/manifest';
import { ManifestUnreadableError } from '../domain/manifest.errors';

export const MANIFEST_MAX_LENGTH = 4 * 1_024 * 1_024;
const ITEMS_MAX = 10_000;
const DEPTH_MAX = 64;

/** Always the same text for the same installation: members in the order of their names, no dates, no ids. */
export function writeManifest(manifest: Manifest): string {
  const document = { quayside: MANIFEST_VERSION, ...manifest };
  return stringify(document, { sortMapEntries: byName, lineWidth: 0, aliasDuplicateObjects: false });
}

/** What something is called stands first. */
const FIRST = ['quayside', 'name', ...LISTED_KINDS, 'settings'];
interface Entry {
  readonly key: unknown;
}
function byName(one: Entry, other: Entry): number {
  const [a, b] = [one, other].map(({ key }) => keyText(key)) as [string, string];
  const [first, second] = [a, b].map((key) => (FIRST.includes(key) ? FIRST.indexOf(key) : FIRST.length));
  if (first !== second) return (first ?? 0) - (second ?? 0);
  return a < b ? -1 : Number(a > b);
}
function keyText(key: unknown): string {
  const value = typeof key === 'object' && key !== null && 'value' in key ? key.value : key;
  return typeof value === 'string' ? value : '';
}

export function readManifest(text: string): Manifest {
  const document = parsed(text);
  if (!isObject(document) || document['quayside'] !== MANIFEST_VERSION)
    throw new ManifestUnreadableError(`The text does not begin with "quayside: ${MANIFEST_VERSION}".`);
  const known: readonly string[] = ['quayside', 'settings', ...LISTED_KINDS];
  const unknown = Object.keys(document).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw new ManifestUnreadableError(`"${unknown.slice(0, 63)}" is none of ${known.join(', ')}.`);
  const { settings } = document;
  if (settings !== undefined && !isObject(settings))
    throw new ManifestUnreadableError('settings is an object: names and values.');
  const lists = LISTED_KINDS.filter((kind) => document[kind] !== undefined && document[kind] !== null);
  return {
    ...Object.fromEntries(lists.map((kind) => [kind, itemsOf(kind, document[kind])])),
    ...(settings === undefined ? {} : { settings }),
  };
}

function parsed(text: string): JsonValue {
  try {
    // Without aliases: a few of them would become gigabytes.
    const value = parse(text, {
      maxAliasCount: 0,
      schema: 'core',
      merge: false,
      logLevel: 'silent',
    }) as JsonValue;
    refuseDepth(value, 0);
    return value;
  } catch (error) {
    if (error instanceof ManifestUnreadableError) throw error;
    throw new ManifestUnreadableError('The text is not valid YAML, or uses aliases, which are not read.');
  }
}

function refuseDepth(value: JsonValue, depth: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > DEPTH_MAX) throw new ManifestUnreadableError('The text lies too deep.');
  for (const each of Object.values(value)) refuseDepth(each, depth + 1);
}

function itemsOf(kind: ListedKind, value: JsonValue | undefined): readonly NamedItem[] {
  if (!isList(value) || value.length > ITEMS_MAX)
    throw new ManifestUnreadableError(`${kind} is a list of at most ${String(ITEMS_MAX)} items.`);
  const names = new Set<string>();
  return value.map((item, index) => {
    const name = isObject(item) ? item['name'] : undefined;
    if (!isObject(item) || typeof name !== 'string' || name === '')
      throw new ManifestUnreadableError(`${kind}/${String(index)} has no name.`);
    if (names.has(name)) throw new ManifestUnreadableError(`${kind} names "${name.slice(0, 63)}" twice.`);
    names.add(name);
    return { ...item, name };
  });
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !isList(value);
