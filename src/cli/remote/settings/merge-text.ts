import { isDeepStrictEqual } from 'node:util';
import { parseDocument } from 'yaml';
import { NotJsonError } from './json-places';
import { isListOfThings, mergeJson } from './merge-json';
import { mergeToml } from './merge-toml';

export type SettingsFormat = 'json' | 'jsonc' | 'toml' | 'yaml';

/** The file is not what it should be; whoever wrote it knows why. */
export class NotMergeableError extends Error {}

type Json = Readonly<Record<string, unknown>>;

/** The settings of a client with ours in them; foreign members and comments stay, and twice is once. */
export function mergeText(format: SettingsFormat, theirs: string, ours: string): string {
  if (format === 'toml') return mergeToml(theirs, ours);
  if (format === 'yaml') return mergeYaml(theirs, ours);
  try {
    const text = theirs.trim() === '' ? '{}\n' : theirs;
    return mergeJson(text, JSON.parse(ours) as Json);
  } catch (error) {
    if (error instanceof NotJsonError || error instanceof SyntaxError)
      throw new NotMergeableError('it is not valid JSON', { cause: error });
    throw error;
  }
}

function mergeYaml(theirs: string, ours: string): string {
  const document = parseDocument(theirs, { keepSourceTokens: true });
  if (document.errors.length > 0) throw new NotMergeableError('it is not valid YAML');
  const before: unknown = document.toJS({ maxAliasCount: 100 });
  const wanted = parseDocument(ours).toJS() as Json;
  const after = joined(before ?? {}, wanted);
  if (isDeepStrictEqual(before, after)) return theirs;
  if (!isObject(before)) return ours.endsWith('\n') ? ours : `${ours}\n`;
  put(document, [], before, after);
  return document.toString({ lineWidth: 0 });
}

interface Document {
  setIn(path: readonly unknown[], value: unknown): void;
  createNode(value: unknown): unknown;
}

/** Only what differs is written, so that comments beside the rest stay where they are. */
function put(document: Document, way: readonly string[], before: unknown, after: unknown): void {
  if (!isObject(after)) return;
  const known = isObject(before) ? before : {};
  for (const [key, value] of Object.entries(after)) {
    const there = known[key];
    if (isDeepStrictEqual(there, value)) continue;
    if (isObject(there) && isObject(value)) put(document, [...way, key], there, value);
    else if (Array.isArray(there) && isListOfThings(value)) putItems(document, [...way, key], there, value);
    else document.setIn([...way, key], document.createNode(value));
  }
}

function putItems(
  document: Document,
  way: readonly string[],
  before: readonly unknown[],
  after: readonly unknown[],
): void {
  for (const [at, item] of after.entries())
    if (!isDeepStrictEqual(before[at], item)) document.setIn([...way, at], document.createNode(item));
}

function joined(theirs: unknown, ours: unknown): unknown {
  if (isObject(theirs) && isObject(ours))
    return {
      ...theirs,
      ...Object.fromEntries(
        Object.entries(ours).map(([key, value]) => [key, key in theirs ? joined(theirs[key], value) : value]),
      ),
    };
  if (Array.isArray(theirs) && isListOfThings(ours)) return ours.reduce<readonly unknown[]>(withItem, theirs);
  return ours;
}

function withItem(items: readonly unknown[], item: unknown): readonly unknown[] {
  const name = isObject(item) ? item['name'] : undefined;
  const at = items.findIndex((each) => isObject(each) && name !== undefined && each['name'] === name);
  return at < 0 ? [...items, item] : items.with(at, item);
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
