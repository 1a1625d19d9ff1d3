import { isSameJson, type JsonObject, type JsonValue } from '@app/kernel';

/** What something was or became: a row, a snapshot of an aggregate, or what its readers see. */
export type State = object;

export interface Change {
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
}

const MASK = '[masked]';
/** Names under which credentials hide, however they are written. A reference to a secret is no secret. */
const CREDENTIAL =
  /(pass(word|phrase|wd)|secret|token|authorization|api[-_]?key|private[-_]?key|credential|cookie|digest)/i;
const REFERENCE = /^secret_ref:/;
/** Deeper than any state of ours. */
const MAX_DEPTH = 12;
/** What every write moves says nothing about this one. */
const BOOKKEEPING: ReadonlySet<string> = new Set(['row_version', 'created_at', 'updated_at']);

/** Only what differs, so that a row stays small and shows at a glance what was done; of credentials only that they did. */
export function changeOf(before: State | undefined, after: State | undefined): Change {
  const [one, other] = [before, after].map((state) => (state === undefined ? null : jsonOf(state)));
  if (!one || !other) return { before: masked(one ?? null), after: masked(other ?? null) };
  const [was, is] = differenceOf(one, other);
  return { before: masked(was), after: masked(is) };
}

/** As it would leave the process: dates as text, the absent left out, members of the first level in snake_case. */
function jsonOf(state: State): JsonObject {
  const members = Object.entries(JSON.parse(JSON.stringify(state)) as JsonObject);
  return Object.fromEntries(
    members
      .map(([name, value]) => [snakeCase(name), value] as const)
      .filter(([name]) => !BOOKKEEPING.has(name)),
  );
}

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function differenceOf(before: JsonObject, after: JsonObject): readonly [JsonObject, JsonObject] {
  const was: Record<string, JsonValue> = {};
  const is: Record<string, JsonValue> = {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [one, other] = [before[name], after[name]];
    if (isSameJson(one, other)) continue;
    const [left, right] = isObject(one) && isObject(other) ? differenceOf(one, other) : [one, other];
    if (left !== undefined) was[name] = left;
    if (right !== undefined) is[name] = right;
  }
  return [was, is];
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function masked<T extends JsonValue>(value: T, depth = 0): T {
  return maskedValue(value, depth) as T;
}

function maskedValue(value: JsonValue, depth: number): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return MASK;
  if (Array.isArray(value))
    return (value as readonly JsonValue[]).map((item) => maskedValue(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value as JsonObject).map(([name, member]) => [
      name,
      CREDENTIAL.test(name) ? hidden(member, depth) : maskedValue(member, depth + 1),
    ]),
  );
}

/** What is below such a name may itself be a structure (`secrets: [names]`), of which only texts can be credentials. */
function hidden(value: JsonValue, depth: number): JsonValue {
  if (typeof value === 'string') return REFERENCE.test(value) ? value : MASK;
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return MASK;
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item) => hidden(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value as JsonObject).map(([name, member]) => [name, hidden(member, depth + 1)]),
  );
}
