import { type OutputUnit, type Schema as CfSchema, Validator } from '@cfworker/json-schema';
import {
  ROOT_SCHEMA_PREFIX,
  type RJSFSchema,
  type RJSFValidationError,
  toErrorSchema,
  type ValidationData,
  type ValidatorType,
  withIdRefPrefix,
} from '@rjsf/utils';
import { FREE } from './fit-schema';

/** Of one kind of mistake, so many are shown: a list of thousands helps nobody. */
const ERRORS_MAX = 50;
/** Say that something below them is wrong, which is said there. */
const ECHOES: ReadonlySet<string> = new Set([
  'properties',
  'items',
  'prefixItems',
  'allOf',
  '$ref',
  'then',
  'else',
]);
const validators = new WeakMap<object, WeakMap<object, Validator | undefined>>();

/** Checks by interpreting schemas: a validator that compiles them to code is forbidden here by the page's own policy. */
export const validator: ValidatorType<unknown> = {
  isValid(schema, data, root) {
    if (typeof schema === 'boolean') return schema;
    try {
      return validatorOf(schema, root)?.validate(presentable(data)).valid ?? false;
    } catch {
      // A reference that leads nowhere fits nothing.
      return false;
    }
  },

  rawValidation(schema, data) {
    try {
      const { errors } = validatorOf(schema, schema)?.validate(presentable(data)) ?? { errors: [] };
      return { errors: errors as never[] };
    } catch (error) {
      return { validationError: error instanceof Error ? error : new Error(String(error)) };
    }
  },

  validateFormData(data, schema): ValidationData<unknown> {
    const { errors = [] } = this.rawValidation<OutputUnit>(schema, data);
    const listed = errors
      .filter(({ keyword }) => !ECHOES.has(keyword))
      .slice(0, ERRORS_MAX)
      .map(toError);
    return { errors: listed, errorSchema: toErrorSchema(listed) };
  },
};

function validatorOf(schema: RJSFSchema, root: RJSFSchema): Validator | undefined {
  const ofRoot = validators.get(root) ?? new WeakMap<object, Validator | undefined>();
  validators.set(root, ofRoot);
  if (ofRoot.has(schema)) return ofRoot.get(schema);
  // References of a part mean places in the whole.
  const made = new Validator(withIdRefPrefix(schema) as CfSchema, '2019-09', false);
  made.addSchema(root as CfSchema, ROOT_SCHEMA_PREFIX);
  ofRoot.set(schema, made);
  return made;
}

/** As it will be sent: what is undefined is not there. */
const presentable = (data: unknown): unknown =>
  data === undefined ? undefined : (JSON.parse(JSON.stringify(data)) as unknown);

const MISSING = /property "(.+?)"/;

function toError({ keyword, instanceLocation, error }: OutputUnit): RJSFValidationError {
  const names = instanceLocation.split('/').slice(1).map(decoded);
  const missing = keyword === 'required' ? MISSING.exec(error)?.[1] : undefined;
  const place = missing === undefined ? names : [...names, missing];
  const message = missing === undefined ? wordsOf(keyword, error) : REQUIRED;
  return {
    name: keyword,
    message,
    stack: `${place.join('.')} ${message}`,
    property: place.map((name) => `.${name}`).join(''),
    params: {},
    schemaPath: '',
  };
}

const REQUIRED = 'is required';
const FORMATS: Readonly<Record<string, string>> = {
  email: 'is no e-mail address',
  uri: 'is no address like https://example.com',
  date: 'is no date like 2026-01-31',
  'date-time': 'is no time like 2026-01-31T09:30:00Z',
};
const FORMAT = /format "(.+?)"/;

/** What is asked for most is said for people; the rest as the validator says it. */
const wordsOf = (keyword: string, error: string): string =>
  (keyword === 'format' ? FORMATS[FORMAT.exec(error)?.[1] ?? ''] : undefined) ?? error;

/** Of a JSON pointer, which cfworker writes as the fragment of an address. */
function decoded(part: string): string {
  const pointer = part.replaceAll('~1', '/').replaceAll('~0', '~');
  try {
    return decodeURIComponent(pointer);
  } catch {
    // A name with a lone percent sign in it.
    return pointer;
  }
}

/** Which fields are written as JSON: a form description beside the schema. */
export function uiOf(schema: unknown, depth = 0): Record<string, unknown> {
  if (typeof schema !== 'object' || schema === null || depth > UI_DEPTH_MAX) return {};
  const { properties, items } = schema as { properties?: Record<string, unknown>; items?: unknown };
  if (FREE in schema) return { 'ui:field': 'FreeField' };
  const ui: Record<string, unknown> = { ...describedOf(schema) };
  for (const [name, part] of Object.entries(properties ?? {})) {
    const below = uiOf(part, depth + 1);
    if (Object.keys(below).length > 0) ui[name] = below;
  }
  if (Array.isArray(items)) ui['items'] = items.map((one) => uiOf(one, depth + 1));
  else if (items !== undefined) ui['items'] = uiOf(items, depth + 1);
  return ui;
}

const UI_DEPTH_MAX = 16;

/** Lists to choose from and dates show what they mean only where they are told to. */
function describedOf(schema: object): Record<string, unknown> {
  const { description, type, format, uniqueItems } = schema as Readonly<Record<string, unknown>>;
  const isChoice = 'enum' in schema || ('oneOf' in schema && type !== 'object') || uniqueItems === true;
  const isTime = format === 'date' || format === 'date-time' || format === 'time';
  return typeof description === 'string' && (isChoice || isTime) ? { 'ui:description': description } : {};
}
