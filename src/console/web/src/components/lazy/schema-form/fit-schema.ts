/** A JSON Schema of somebody else, made into one that a form can be drawn from. The original is what arguments are checked against, by the server. */
export type Schema = Readonly<Record<string, unknown>>;

/** Deeper than this nobody fills in a form; what is below is written as JSON. */
const DEPTH_MAX = 12;
/** Members that mean nothing to a form, or change what references mean. */
const DROPPED: ReadonlySet<string> = new Set([
  '$id',
  '$schema',
  '$anchor',
  '$dynamicAnchor',
  // Expressions of a server run on the server, where they have a time limit; here one could stop the page.
  'pattern',
  'patternProperties',
]);
const MAPS: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions', 'dependentSchemas']);
const LISTS: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);
const SINGLES: ReadonlySet<string> = new Set([
  ...['items', 'additionalProperties', 'additionalItems', 'not', 'if', 'then', 'else', 'contains'],
]);
/** One of these says what kind of field it is. */
const TELLING = ['type', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', '$ref', 'properties', 'items', 'if'];
/** Marks what is written as JSON, since nothing says what it is. */
export const FREE = 'x-quayside-free';

export const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Arguments are an object, whatever the schema says or does not say. */
export function fitSchema(schema: unknown): Schema {
  const fitted = isSchema(schema) ? fit(schema, { root: schema, depth: 0 }) : {};
  const { [FREE]: _free, ...rest } = fitted;
  const known = Object.keys(rest).some((name) =>
    ['properties', '$ref', 'anyOf', 'oneOf', 'allOf'].includes(name),
  );
  if (known) return 'type' in rest || '$ref' in rest ? rest : { type: 'object', ...rest };
  return { additionalProperties: true, ...rest, type: 'object', properties: {} };
}

interface Place {
  readonly root: Schema;
  readonly depth: number;
}

const below = ({ root, depth }: Place): Place => ({ root, depth: depth + 1 });

function fit(schema: Schema, place: Place): Schema {
  if (place.depth > DEPTH_MAX || leadsNowhere(schema['$ref'], place.root)) return freeOf(schema);
  const plain = withoutNull(schema);
  const fitted: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(plain)) {
    if (DROPPED.has(name)) continue;
    fitted[name] = fitMember(name, value, place);
  }
  const tuple = typedChoice(tupleOf(fitted));
  return isFree(tuple) ? freeOf(tuple) : tuple;
}

/** Named values are chosen from a list, which wants to know their kind. */
function typedChoice(schema: Schema): Schema {
  const choices = schema['oneOf'] ?? schema['anyOf'];
  if ('type' in schema || !Array.isArray(choices)) return schema;
  const kinds = new Set(choices.map((one) => (isSchema(one) && 'const' in one ? typeof one['const'] : '')));
  const [kind] = kinds;
  return kinds.size === 1 && kind !== undefined && PLAIN_KINDS.has(kind) ? { ...schema, type: kind } : schema;
}

const PLAIN_KINDS: ReadonlySet<string> = new Set(['string', 'number', 'boolean']);

function fitMember(name: string, value: unknown, place: Place): unknown {
  if (MAPS.has(name) && isSchema(value))
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fitAny(one, below(place))]));
  if (LISTS.has(name) && Array.isArray(value)) return value.map((one) => fitAny(one, below(place)));
  if (name === 'items' && Array.isArray(value)) return value.map((one) => fitAny(one, below(place)));
  if (SINGLES.has(name) && isSchema(value)) return fitAny(value, below(place));
  return value;
}

const fitAny = (value: unknown, place: Place): unknown =>
  isSchema(value) ? fit(value, place) : value === true ? freeOf({}) : value;

/** To another document, which nobody fetches, or to a place that does not exist. */
function leadsNowhere(reference: unknown, root: Schema): boolean {
  if (typeof reference !== 'string') return false;
  if (!reference.startsWith('#')) return true;
  let at: unknown = root;
  for (const part of reference.slice(1).split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return true;
    at = (at as Readonly<Record<string, unknown>>)[name];
  }
  return !isSchema(at);
}

/** "A text or nothing" is a text that may be left out: that is how generators write what is optional. */
function withoutNull(schema: Schema): Schema {
  for (const word of ['anyOf', 'oneOf'] as const) {
    const choices = schema[word];
    if (!Array.isArray(choices)) continue;
    const real: readonly unknown[] = choices.filter((one) => !isNull(one));
    const [only] = real;
    if (real.length === 1 && real.length < choices.length && isSchema(only)) {
      const { [word]: _choices, ...rest } = schema;
      return withoutNullDefault({ ...only, ...rest });
    }
  }
  const { type } = schema;
  if (!Array.isArray(type) || !type.includes('null')) return schema;
  const real = type.filter((one) => one !== 'null');
  return real.length === 1 ? withoutNullDefault({ ...schema, type: real[0] }) : schema;
}

const isNull = (value: unknown): boolean =>
  isSchema(value) && (value['type'] === 'null' || value['const'] === null);

function withoutNullDefault(schema: Schema): Schema {
  if (schema['default'] !== null) return schema;
  const { default: _default, ...rest } = schema;
  return rest;
}

/** The form knows the older way to write a list of fixed places. */
function tupleOf(schema: Schema): Schema {
  const { prefixItems, items, ...rest } = schema;
  if (!Array.isArray(prefixItems)) return schema;
  return { ...rest, items: prefixItems, ...(items === undefined ? {} : { additionalItems: items }) };
}

/** No kind, several kinds at once, or a list of anything. */
function isFree(schema: Schema): boolean {
  const { type, items } = schema;
  if (Array.isArray(type)) return !('enum' in schema);
  if (type === 'array' && !('enum' in schema)) return !isSchema(items) && !Array.isArray(items);
  return !TELLING.some((name) => name in schema);
}

const freeOf = ({ title, description, default: given }: Schema): Schema => ({
  [FREE]: true,
  ...(title === undefined ? {} : { title }),
  ...(description === undefined ? {} : { description }),
  ...(given === undefined ? {} : { default: given }),
});

/** What of a value is to be sent: places that were left empty are left out. */
export function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (!isSchema(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) =>
      member === undefined ? [] : [[name, withoutEmpty(member)]],
    ),
  );
}
