import { answersOf, cancelled, type InputRequired, readValue } from './asked';

const asked = (params: object): InputRequired => ({
  requests: { q1: { method: 'elicitation/create', params: { message: 'Who?', ...params } } },
  request_state: 'state',
});
const FORM = {
  requestedSchema: {
    type: 'object',
    properties: {
      name: { type: 'string' },
      age: { type: 'integer', default: 7 },
      sure: { type: 'boolean' },
      pets: { type: 'array', items: { anyOf: [{ const: 'cat' }, { const: 'dog' }] } },
    },
    required: ['name'],
  },
};

describe('what a tool asks at a terminal', () => {
  const said: string[] = [];
  const answer = (input: InputRequired, typed: readonly string[]) => {
    const lines = [...typed];
    return answersOf(
      { say: (text) => void said.push(text) },
      () => Promise.resolve(lines.shift()),
      'everything',
      input,
    );
  };

  it('is asked field by field, and again for what does not fit', async () => {
    const typed = ['a', '', 'Ada', '', 'maybe', 'yes', 'cat, cow', 'cat,dog'];
    expect(await answer(asked(FORM), typed)).toEqual({
      q1: { action: 'accept', content: { name: 'Ada', age: 7, sure: true, pets: ['cat', 'dog'] } },
    });
    expect(said).toContain('"everything" asks: Who?');
  });

  it.each([
    [['d'], 'decline'],
    [['c'], 'cancel'],
    [[], 'cancel'],
    // The input ended in the middle of the form.
    [['a', 'Ada'], 'cancel'],
  ])('%j is a %s', async (typed, action) => {
    expect(await answer(asked(FORM), typed)).toEqual({ q1: { action } });
  });

  it('may be a page to go to', async () => {
    const input = asked({ mode: 'url', url: 'https://example.com/x' });
    expect(await answer(input, ['accept'])).toEqual({ q1: { action: 'accept' } });
    expect(said.join('\n')).toContain('https://example.com/x');
    expect(cancelled(input)).toEqual({ q1: { action: 'cancel' } });
  });

  it.each([
    [{ type: 'number' }, '1.5', 1.5],
    [{ type: 'integer' }, '1.5', undefined],
    [{ type: 'boolean' }, 'No', false],
    [{ type: 'string', enum: ['a'] }, 'b', undefined],
    [{ type: 'string', oneOf: [{ const: 'a', title: 'A' }] }, 'a', 'a'],
    [{}, 'anything', 'anything'],
  ])('of %j reads %s as %s', (field, typed, value) => {
    expect(readValue(field, typed)).toBe(value);
  });
});
