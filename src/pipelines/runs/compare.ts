import { isSameJson, type JsonObject, type JsonValue } from '@app/kernel';

export interface Difference {
  /** JSON pointer. */
  readonly pointer: string;
  /** Absent: it is not there. */
  readonly a?: JsonValue;
  readonly b?: JsonValue;
}

/** Of one document; what is beyond is left out, and said to be. */
export const DIFFERENCES_MAX = 100;
/** A value that is shown beside another one; a larger one is shown cut. */
const SHOWN_MAX_CHARACTERS = 200;

/** Where two documents differ, outermost first. Members are compared by name, items by place. */
export function differencesOf(a: JsonValue | undefined, b: JsonValue | undefined): readonly Difference[] {
  const found: Difference[] = [];
  const open: { pointer: string; a: JsonValue | undefined; b: JsonValue | undefined }[] = [
    { pointer: '', a, b },
  ];
  // A queue and not recursion: how deep documents of strangers go is theirs to say.
  for (let next = open.shift(); next !== undefined && found.length < DIFFERENCES_MAX; next = open.shift()) {
    const { pointer, a: one, b: other } = next;
    if (isContainer(one) && isContainer(other) && Array.isArray(one) === Array.isArray(other)) {
      for (const key of new Set([...Object.keys(one), ...Object.keys(other)]))
        open.push({ pointer: `${pointer}/${escape(key)}`, a: own(one, key), b: own(other, key) });
    } else if (!isSameJson(one, other)) found.push({ pointer, ...shown('a', one), ...shown('b', other) });
  }
  return found;
}

const isContainer = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null;

const own = (value: JsonObject, key: string): JsonValue | undefined =>
  Object.hasOwn(value, key) ? value[key] : undefined;

const escape = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

function shown(side: 'a' | 'b', value: JsonValue | undefined): Partial<Difference> {
  if (value === undefined) return {};
  const text = JSON.stringify(value);
  return { [side]: text.length <= SHOWN_MAX_CHARACTERS ? value : `${text.slice(0, SHOWN_MAX_CHARACTERS)}…` };
}
