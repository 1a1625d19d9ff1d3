import { type Schema } from './fit-schema';

const text = { type: 'string' };
const number = { type: 'number' };
const object = (properties: Schema, more: Schema = {}): Schema => ({ type: 'object', properties, ...more });
const one = (schema: unknown, more: Schema = {}): Schema => object({ a: schema }, more);
const requires = { required: ['a'] };
const tree = {
  $ref: '#/$defs/node',
  $defs: { node: object({ name: text, children: { type: 'array', items: { $ref: '#/$defs/node' } } }) },
};
const deep = (levels: number): Schema => (levels === 0 ? text : object({ a: deep(levels - 1) }));

/** Awkward schemas as tools have them: name, schema, a value that fits, and one that does not where there is one. */
export const CORPUS: readonly (readonly [name: string, schema: unknown, good: unknown, bad?: unknown])[] = [
  ['nothing at all', undefined, {}],
  ['the empty schema', {}, {}],
  ['true', true, {}],
  ['no properties', { type: 'object' }, { anything: 1 }],
  ['closed and empty', { type: 'object', properties: {}, additionalProperties: false }, {}],
  ['without a type', { properties: { a: text } }, { a: 'x' }, { a: 1 }],
  ['a text', one(text, requires), { a: 'x' }, {}],
  ['a number', one(number), { a: 1.5 }, { a: 'x' }],
  ['an integer with borders', one({ type: 'integer', minimum: 1, maximum: 9 }), { a: 9 }, { a: 10 }],
  ['a truth', one({ type: 'boolean', default: true }), { a: false }, { a: 'yes' }],
  ['null only', one({ type: 'null' }), { a: null }, { a: 1 }],
  ['a choice', one({ type: 'string', enum: ['x', 'y'] }), { a: 'y' }, { a: 'z' }],
  ['a choice of numbers', one({ enum: [1, 2] }), { a: 2 }, { a: 3 }],
  ['a choice with null', one({ enum: ['x', null] }), { a: null }, { a: 'y' }],
  ['a choice of everything', one({ enum: ['x', 1, true] }), { a: true }, { a: false }],
  ['one value', one({ const: 'fixed' }), { a: 'fixed' }, { a: 'other' }],
  ['names for values', one({ oneOf: [{ const: 1, title: 'One' }, { const: 2 }] }), { a: 2 }, { a: 3 }],
  ['a text or nothing', one({ anyOf: [text, { type: 'null' }], default: null }), { a: 'x' }, { a: 1 }],
  ['a text or nothing, as types', one({ type: ['string', 'null'] }), { a: 'x' }, { a: 1 }],
  ['several types', one({ type: ['string', 'number'] }), { a: 1 }],
  ['no type', one({ description: 'Anything.' }), { a: { b: [1] } }],
  ['true for a member', one(true), { a: 1 }],
  ['false for a member', object({ a: false, b: text }), { b: 'x' }],
  ['texts', one({ type: 'array', items: text }), { a: ['x'] }, { a: [1] }],
  ['a list of anything', one({ type: 'array' }), { a: [1, 'x'] }],
  ['a list of objects', one({ type: 'array', items: one(text, requires) }), { a: [{ a: 'x' }] }, { a: [{}] }],
  [
    'lists of lists',
    one({ type: 'array', items: { type: 'array', items: number } }),
    { a: [[1]] },
    { a: [['x']] },
  ],
  [
    'several of a choice',
    one({ type: 'array', uniqueItems: true, items: { enum: ['x', 'y'] } }),
    { a: ['x'] },
  ],
  ['a pair', one({ type: 'array', prefixItems: [text, number] }), { a: ['x', 1] }, { a: [1, 1] }],
  ['a closed pair', one({ type: 'array', prefixItems: [text], items: false }), { a: ['x'] }, { a: ['x', 1] }],
  ['the older pair', one({ type: 'array', items: [text, number] }), { a: ['x', 1] }, { a: [1, 1] }],
  ['at most two', one({ type: 'array', items: text, maxItems: 2 }), { a: ['x'] }, { a: ['x', 'y', 'z'] }],
  ['nested objects', deep(4), { a: { a: { a: { a: 'x' } } } }, { a: 1 }],
  ['very deep objects', deep(40), {}],
  ['free members', object({}, { additionalProperties: text }), { x: 'y' }, { x: 1 }],
  ['any members', one({ type: 'object', additionalProperties: true }), { a: { x: 1 } }],
  ['a reference', one({ $ref: '#/$defs/t' }, { $defs: { t: text } }), { a: 'x' }, { a: 1 }],
  [
    'an older reference',
    one({ $ref: '#/definitions/t' }, { definitions: { t: text } }),
    { a: 'x' },
    { a: 1 },
  ],
  ['a reference to a member', object({ a: text, b: { $ref: '#/properties/a' } }), { b: 'x' }, { b: 1 }],
  [
    'a reference with words',
    one({ $ref: '#/$defs/t', description: 'D' }, { $defs: { t: text } }),
    { a: 'x' },
  ],
  ['the whole by reference', { $ref: '#/$defs/t', $defs: { t: one(text) } }, { a: 'x' }, { a: 1 }],
  ['a tree', tree, { name: 'x', children: [{ name: 'y' }] }, { name: 1 }],
  [
    'a loop of two',
    one(
      { $ref: '#/$defs/p' },
      { $defs: { p: object({ q: { $ref: '#/$defs/q' } }), q: object({ p: { $ref: '#/$defs/p' } }) } },
    ),
    {},
  ],
  [
    'one of two objects',
    one({ oneOf: [one(text, requires), object({ b: number }, { required: ['b'] })] }),
    { a: { b: 1 } },
  ],
  ['any of two types', one({ anyOf: [text, number] }), { a: 1 }, { a: true }],
  ['any of three with null', one({ anyOf: [text, number, { type: 'null' }] }), { a: 1 }],
  ['all of two', { type: 'object', allOf: [one(text), object({ b: number })] }, { a: 'x', b: 1 }, { b: 'x' }],
  [
    'a union at the top',
    { anyOf: [one(text, requires), object({ b: text }, { required: ['b'] })] },
    { b: 'x' },
  ],
  [
    'told apart by a member',
    one({
      oneOf: [object({ kind: { const: 'x' } }), object({ kind: { const: 'y' }, n: number })],
      discriminator: { propertyName: 'kind' },
    }),
    { a: { kind: 'y', n: 1 } },
  ],
  [
    'if and then',
    { ...object({ a: { type: 'boolean' } }), if: one({ const: true }), then: { required: ['b'] } },
    { a: false },
  ],
  ['not', one({ not: text }), { a: 1 }],
  [
    'dependent members',
    object({ a: text, b: text }, { dependentRequired: { a: ['b'] } }),
    { b: 'x' },
    { a: 'x' },
  ],
  [
    'formats',
    object({ d: { type: 'string', format: 'date' }, u: { type: 'string', format: 'uri' } }),
    { d: '2026-11-22' },
  ],
  ['unknown formats', one({ type: 'string', format: 'x-color-of-hope' }), { a: 'x' }],
  ['date and time', one({ type: 'string', format: 'date-time' }), { a: '2026-11-22T06:00:00Z' }],
  [
    'an expression that would not end',
    one({ type: 'string', pattern: '^(a+)+$' }),
    { a: `${'a'.repeat(60)}!` },
  ],
  ['an expression that is none', one({ type: 'string', pattern: '([' }), { a: 'x' }],
  [
    'an identity of its own',
    {
      $id: 'https://elsewhere.test/s',
      $schema: 'http://json-schema.org/draft-07/schema#',
      ...one({ $ref: '#/$defs/t' }),
      $defs: { t: text },
    },
    { a: 'x' },
  ],
  ['a reference that leads nowhere', one({ $ref: '#/$defs/nobody' }), {}],
  ['a reference to elsewhere', one({ $ref: 'https://elsewhere.test/s' }), {}],
  [
    'names that need care',
    object({ 'a/b': text, 'c~d': text, 'e f': text, '100%': text, __proto__x: text }),
    { 'a/b': 'x' },
    { '100%': 1 },
  ],
  [
    'markup in its words',
    one({ ...text, title: '<img src=x onerror=alert(1)>', description: '<b>no</b>' }),
    { a: 'x' },
  ],
  [
    'defaults of everything',
    object({ a: { ...text, default: 'x' }, b: { ...object({ c: { ...number, default: 1 } }) } }),
    {},
  ],
  [
    'a hundred members',
    object(Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`m${String(n)}`, text]))),
    {},
  ],
];
