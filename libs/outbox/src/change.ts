import { isSameJson, type JsonObject, type JsonValue } from '@app/kernel';

/** What something was or became, as its readers would see it. */
export type State = JsonObject;

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

/** Only what differs, so that a row stays small and shows at a glance what was done; of credentials only that they did. */
export function changeOf(before: State | undefined, after: State | undefined): Change {
  if (before === undefined || after === undefined)
    return { before: masked(before ?? null), after: masked(after ?? null) };
  const [was, is] = differenceOf(before, after);
  return { before: masked(was), after: masked(is) };
}

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
