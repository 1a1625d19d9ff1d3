import { type JsonObject } from '@app/kernel';
import { ToolSchemas } from './tool-schemas';

jest.setTimeout(120_000);

const weather: JsonObject = {
  type: 'object',
  properties: {
    city: { type: 'string', minLength: 2 },
    days: { type: 'integer', minimum: 1 },
    'a/b': { type: 'object', required: ['c'] },
  },
  required: ['city'],
  additionalProperties: false,
};

describe('ToolSchemas', () => {
  const schemas = new ToolSchemas();
  afterAll(() => schemas.close());

  it('finds nothing wrong with arguments that fit', async () => {
    expect(await schemas.validate(weather, { city: 'Oslo', days: 3 })).toEqual([]);
    expect(await schemas.reasonAgainst(weather)).toBeUndefined();
  });

  it('names every fault at its place', async () => {
    const faults = await schemas.validate(weather, { days: 0, 'a/b': {}, more: 1 });

    expect(faults.map(({ pointer, code }) => [pointer, code])).toEqual(
      expect.arrayContaining([
        ['/arguments/city', 'required'],
        ['/arguments/days', 'minimum'],
        ['/arguments/a~1b/c', 'required'],
        ['/arguments/more', 'additionalProperties'],
      ]),
    );
    expect(faults).toHaveLength(4);
  });

  it('reads draft-07 and 2020-12 by their own rules', async () => {
    const pair = { type: 'array', items: [{ type: 'string' }], additionalItems: false };
    const draft07: JsonObject = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      properties: { pair },
    };
    const newest: JsonObject = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      properties: { pair: { prefixItems: [{ type: 'string' }], items: false } },
    };
    for (const schema of [draft07, newest]) {
      expect(await schemas.validate(schema, { pair: ['a'] })).toEqual([]);
      expect(await schemas.validate(schema, { pair: [1] })).toHaveLength(1);
    }
  });

  const deep = (levels: number): JsonObject => (levels === 0 ? {} : { properties: { x: deep(levels - 1) } });

  it.each([
    ['refers to another document', { properties: { x: { $ref: 'https://evil.example/s.json' } } }],
    ['refers to another document', { $ref: 'other.json#/x' }],
    ['nested deeper', deep(40)],
    ['longer than', { description: 'x'.repeat(300 * 1024) }],
    ['dialect', { $schema: 'http://json-schema.org/draft-03/schema#' }],
    ["can't resolve", { $ref: '#/$defs/missing' }],
    ['', { properties: { x: { pattern: '(' } } }],
  ])('sets a schema aside that %s, with a reason, and does not block its tool', async (words, schema) => {
    expect(await schemas.reasonAgainst(schema)).toContain(words);
    expect(await schemas.validate(schema, { x: 1 })).toEqual([]);
  });

  it('lets no schema hold up the others', async () => {
    const impatient = new ToolSchemas({ validateLimitMs: 500 });
    const blocking: JsonObject = { properties: { x: { type: 'string', pattern: '^(a+)+$' } } };
    const evil = { x: `${'a'.repeat(40)}!` };
    try {
      expect(await impatient.validate(blocking, evil)).toEqual([]);
      expect(await impatient.reasonAgainst(blocking)).toContain('took longer');
      expect(await impatient.validate(weather, {})).toHaveLength(1);
    } finally {
      await impatient.close();
    }
  });

  it('says so when too much waits', async () => {
    const busy = new ToolSchemas();
    try {
      const all = await Promise.allSettled(
        Array.from({ length: 400 }, (_, at) => busy.validate({ title: String(at), anyOf: [{}] }, {})),
      );
      const refused = all.filter(({ status }) => status === 'rejected');
      expect(refused.length).toBeGreaterThan(0);
      expect(refused[0]).toMatchObject({ reason: { code: 'schema_check_unavailable', retryAfterS: 1 } });
    } finally {
      await busy.close();
    }
  });
});
