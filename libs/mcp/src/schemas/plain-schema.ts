import { type JsonObject, type JsonValue } from '@app/kernel';

export type PlainCheck = (value: JsonValue) => boolean;

/** Say something about a schema or its reader, nothing about a value. */
const SILENT: ReadonlySet<string> = new Set(
  '$schema,title,description,default,examples,deprecated,readOnly,writeOnly,$comment,x-mcp-header'.split(','),
);
const TYPES: Readonly<Record<string, PlainCheck>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  integer: (value) => typeof value === 'number' && Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
  array: (value) => Array.isArray(value),
  object: (value) => isObject(value),
};

/** Each makes a check of one keyword, or knows that it cannot. `whole` is the schema around it. */
const KEYWORDS: Readonly<Record<string, (value: JsonValue, whole: JsonObject) => PlainCheck | undefined>> = {
  type: (type) => (typeof type === 'string' ? TYPES[type] : undefined),
  enum: (values) =>
    Array.isArray(values) && values.every(isScalar) ? (value) => values.includes(value) : undefined,
  const: (only) => (isScalar(only) ? (value) => value === only : undefined),
  minimum: (limit) => ofNumbers(limit, (value, least) => value >= least),
  maximum: (limit) => ofNumbers(limit, (value, most) => value <= most),
  exclusiveMinimum: (limit) => ofNumbers(limit, (value, least) => value > least),
  exclusiveMaximum: (limit) => ofNumbers(limit, (value, most) => value < most),
  minLength: (limit) => ofTexts(limit, (length, least) => length >= least),
  maxLength: (limit) => ofTexts(limit, (length, most) => length <= most),
  minItems: (limit) => ofLists(limit, (length, least) => length >= least),
  maxItems: (limit) => ofLists(limit, (length, most) => length <= most),
  items: (schema) => {
    const check = isObject(schema) ? plainCheck(schema) : undefined;
    return check && ((value) => !Array.isArray(value) || value.every(check));
  },
  required: (names) =>
    Array.isArray(names) && names.every((name) => typeof name === 'string')
      ? (value) => !isObject(value) || names.every((name) => Object.hasOwn(value, name))
      : undefined,
  properties: propertiesCheck,
  additionalProperties: additionalCheck,
};

/**
 * A check for schemas of the plain kind, which most tools have: no pattern, no reference, no choice, so it takes no longer
 * than its value is long, and may run where calls are made. `undefined` for all others. It knows yes from not yes: why a
 * value does not fit is told by the real validator.
 */
export function plainCheck(schema: JsonObject): PlainCheck | undefined {
  const checks: PlainCheck[] = [];
  for (const [keyword, content] of Object.entries(schema)) {
    if (SILENT.has(keyword)) continue;
    const make = Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword] : undefined;
    const check = make?.(content, schema);
    if (check === undefined) return undefined;
    checks.push(check);
  }
  return (value) => checks.every((check) => check(value));
}

function propertiesCheck(properties: JsonValue): PlainCheck | undefined {
  if (!isObject(properties)) return undefined;
  const known = new Map<string, PlainCheck>();
  for (const [name, schema] of Object.entries(properties)) {
    const check = isObject(schema) ? plainCheck(schema) : undefined;
    if (check === undefined) return undefined;
    known.set(name, check);
  }
  return (value) =>
    !isObject(value) || Object.entries(value).every(([name, member]) => known.get(name)?.(member) ?? true);
}

function additionalCheck(isAllowed: JsonValue, { properties = {} }: JsonObject): PlainCheck | undefined {
  if (typeof isAllowed !== 'boolean' || !isObject(properties)) return undefined;
  if (isAllowed) return () => true;
  return (value) => !isObject(value) || Object.keys(value).every((name) => Object.hasOwn(properties, name));
}

function ofNumbers(
  limit: JsonValue,
  holds: (value: number, limit: number) => boolean,
): PlainCheck | undefined {
  return typeof limit === 'number' ? (value) => typeof value !== 'number' || holds(value, limit) : undefined;
}

/** Characters are counted as people do, not as UTF-16 does. */
function ofTexts(
  limit: JsonValue,
  holds: (length: number, limit: number) => boolean,
): PlainCheck | undefined {
  return typeof limit === 'number'
    ? (value) => typeof value !== 'string' || holds(charactersOf(value), limit)
    : undefined;
}

function charactersOf(text: string): number {
  let count = 0;
  for (const _character of text) count += 1;
  return count;
}

function ofLists(
  limit: JsonValue,
  holds: (length: number, limit: number) => boolean,
): PlainCheck | undefined {
  return typeof limit === 'number'
    ? (value) => !Array.isArray(value) || holds(value.length, limit)
    : undefined;
}

const isObject = (value: JsonValue): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isScalar = (value: JsonValue): boolean => typeof value !== 'object' || value === null;
