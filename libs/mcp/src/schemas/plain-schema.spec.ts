import Ajv from 'ajv/dist/2020';
import { type JsonObject, type JsonValue } from '@app/kernel';
import { plainCheck } from './plain-schema';

const ECHO: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: { message: { type: 'string', minLength: 1, maxLength: 3, description: 'What to say.' } },
  required: ['message'],
  additionalProperties: false,
};
const NESTED: JsonObject = {
  type: 'object',
  properties: {
    count: { type: 'integer', minimum: 1, exclusiveMaximum: 5 },
    mode: { enum: ['fast', 'slow', null] },
    tags: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 2 },
    where: { type: 'object', properties: { x: { type: 'number' } }, additionalProperties: true },
    one: { const: 1 },
  },
};
const VALUES: readonly JsonValue[] = [
  ...[null, 1, 'text', [], {}],
  ...[{ message: 'abc' }, { message: '' }, { message: 'abcd' }, { message: '😀😀😀' }, { message: 5 }],
  ...[{ message: 'a', more: 1 }, { toString: 1 }, JSON.parse('{"__proto__":1,"message":"a"}') as JsonObject],
  ...[{ count: 1 }, { count: 0 }, { count: 5 }, { count: 1.5 }, { count: '1' }],
  ...[{ mode: 'fast' }, { mode: null }, { mode: 'none' }],
  ...[{ tags: [] }, { tags: ['a'] }, { tags: ['a', 1] }, { tags: ['a', 'b', 'c'] }, { tags: {} }],
  ...[{ where: { x: 1, y: 2 } }, { where: { x: 'far' } }, { where: [] }, { one: 1 }, { one: 2 }],
];

describe('plainCheck', () => {
  it.each([['echo', ECHO] as const, ['nested', NESTED] as const])(
    'agrees with the validator: %s',
    (_name, schema) => {
      const validate = new Ajv({ strict: false }).compile(schema);
      const check = plainCheck(schema);
      for (const value of VALUES) expect([value, check?.(value)]).toEqual([value, validate(value)]);
    },
  );

  it.each<JsonObject>([
    { type: ['string', 'null'] },
    { properties: { a: { type: 'string', pattern: '^(a+)+$' } } },
    { properties: { a: { $ref: '#/$defs/a' } } },
    { anyOf: [{ type: 'string' }] },
    { properties: { a: { format: 'email' } } },
    { enum: [{ a: 1 }] },
    { items: true },
    { additionalProperties: { type: 'string' } },
    { type: 'none' },
    { toString: {} },
  ])('leaves what it does not know to the validator: %j', (schema) => {
    expect(plainCheck(schema)).toBeUndefined();
  });
});
