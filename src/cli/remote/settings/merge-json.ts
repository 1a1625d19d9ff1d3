import { isDeepStrictEqual } from 'node:util';
import { type Place, placesOf, valueAt } from './json-places';

type Json = Readonly<Record<string, unknown>>;
type Way = readonly string[];
type Holder = Exclude<Place, { kind: 'plain' }>;

const INDENT = '  ';
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Ours into theirs, member by member; comments, order and spaces of theirs stay. What is there already changes nothing. */
export function mergeJson(text: string, ours: Json, way: Way = []): string {
  return Object.entries(ours).reduce((now, [key, value]) => mergeMember(now, way, key, value), text);
}

function mergeMember(text: string, way: Way, key: string, value: unknown): string {
  const holder = placeAt(text, way);
  if (holder?.kind !== 'object') return text;
  const known = holder.members.find((member) => member.key === key)?.value;
  if (known === undefined)
    return inserted(text, holder, `${JSON.stringify(key)}: ${written(value, way.length + 1)}`);
  if (isObject(value) && known.kind === 'object') return mergeJson(text, value, [...way, key]);
  if (isListOfThings(value) && known.kind === 'array') return mergeItems(text, [...way, key], value);
  if (isDeepStrictEqual(valueAt(text, known), value)) return text;
  return replaced(text, known, written(value, way.length + 1));
}

/** Lists of named things: ours takes the place of what has its name, or comes last. */
function mergeItems(text: string, way: Way, ours: readonly unknown[]): string {
  return ours.reduce<string>((now, item) => {
    const list = placeAt(now, way);
    if (list?.kind !== 'array') return now;
    if (list.items.some((each) => isDeepStrictEqual(valueAt(now, each), item))) return now;
    const same = list.items.find((each) => isSameThing(valueAt(now, each), item));
    const fresh = written(item, way.length + 1);
    return same === undefined ? inserted(now, list, fresh) : replaced(now, same, fresh);
  }, text);
}

/** Of arguments the whole list is one value; of things each is. */
export const isListOfThings = (value: unknown): value is readonly Json[] =>
  Array.isArray(value) && value.length > 0 && value.every(isObject);

const isSameThing = (one: unknown, other: unknown): boolean =>
  isObject(one) &&
  isObject(other) &&
  (['id', 'name'] as const).some((key) => one[key] !== undefined && one[key] === other[key]);

function placeAt(text: string, way: Way): Place | undefined {
  return way.reduce<Place | undefined>(
    (place, key) =>
      place?.kind === 'object' ? place.members.find((member) => member.key === key)?.value : undefined,
    placesOf(text),
  );
}

const written = (value: unknown, depth: number): string =>
  JSON.stringify(value, null, INDENT).replaceAll('\n', `\n${INDENT.repeat(depth)}`);

const replaced = (text: string, { start, end }: Place, fresh: string): string =>
  text.slice(0, start) + fresh + text.slice(end);

/** As the last one, on a line of its own, as far in as its neighbours. */
function inserted(text: string, holder: Holder, fresh: string): string {
  const ends =
    holder.kind === 'object'
      ? holder.members.map(({ value }) => value.end)
      : holder.items.map(({ end }) => end);
  const last = ends.at(-1) ?? holder.start + 1;
  const close = holder.end - 1;
  const between = text.slice(last, close);
  const hasComma = ends.length === 0 || /^(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*,/.test(between);
  const outer = /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', holder.start) + 1))?.[0] ?? '';
  const head = text.slice(0, last) + (hasComma ? '' : ',') + between.trimEnd();
  return `${head}\n${outer}${INDENT}${fresh}\n${outer}${text.slice(close)}`;
}
