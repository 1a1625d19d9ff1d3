import { ToolSchemas } from '@app/mcp';
import { type JsonObject } from '@app/kernel';
import { certainProblems } from './argument-problems';

const SCHEMA: JsonObject = {
  type: 'object',
  required: ['path', 'count'],
  additionalProperties: false,
  properties: {
    path: { type: 'string', pattern: '^/' },
    count: { type: 'integer', minimum: 1 },
    mode: { enum: ['fast', 'safe'] },
    target: { anyOf: [{ type: 'object', required: ['host'] }, { type: 'integer' }] },
    tags: { type: 'array', items: { type: 'string', maxLength: 3 } },
  },
};
const REFERENCE = '${input.x}';

describe('arguments with templates in them', () => {
  const schemas = new ToolSchemas();
  afterAll(() => schemas.close());

  it.each<[string, JsonObject, readonly string[]]>([
    ['fit', { path: '/a', count: 2 }, []],
    ['are not known yet', { path: REFERENCE, count: REFERENCE, mode: REFERENCE, target: REFERENCE }, []],
    ['lack a member', { path: REFERENCE }, ['/args/count required']],
    ['have one too many', { path: '/a', count: 1, extra: REFERENCE }, ['/args/extra additionalProperties']],
    ['hold a literal of another type', { path: '/a', count: 'two' }, ['/args/count type']],
    ['hold a literal that is too small', { path: '/a', count: 0 }, ['/args/count minimum']],
    [
      'are a text around a value, where a number belongs',
      { path: '/a', count: `n${REFERENCE}` },
      ['/args/count type'],
    ],
    ['are a text around a value', { path: `a${REFERENCE}`, count: 1 }, []],
    ['leave open which of several shapes it is', { path: '/a', count: 1, target: { host: REFERENCE } }, []],
    [
      'hold a long text beside an unknown one',
      { path: '/a', count: 1, tags: [REFERENCE, 'long'] },
      ['/args/tags/1 maxLength'],
    ],
  ])('%s', async (_what, args, expected) => {
    const faults = await schemas.validate(SCHEMA, args, '/args');
    const certain = certainProblems(faults, args, '/args');
    expect(certain.map(({ pointer, code }) => `${pointer} ${code}`)).toEqual(expected);
  });
});
