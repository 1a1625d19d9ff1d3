import { addressOf, drawnOf, questionsOf } from './question';

describe('questions of a server', () => {
  it('are forms, addresses, or nothing that a person could be asked', () => {
    const elicitation = (params: object) => ({ method: 'elicitation/create', params: { ...params } });
    const requests = {
      a: elicitation({ message: 'Who?', requestedSchema: { type: 'object' } }),
      b: elicitation({ message: 'There.', mode: 'url', url: 'https://example.com/x' }),
      c: { method: 'sampling/createMessage', params: {} },
    };
    expect(questionsOf({ requests })).toEqual([
      { kind: 'form', key: 'a', message: 'Who?', schema: { type: 'object' } },
      { kind: 'url', key: 'b', message: 'There.', address: addressOf('https://example.com/x') },
      { kind: 'other', key: 'c', method: 'sampling/createMessage' },
    ]);
  });

  it.each([
    ['https://example.com/a?b#c', ['https://', 'example.com', '/a?b#c']],
    ['http://example.com:8080', ['http://', 'example.com:8080', '/']],
    [
      'https://bank.example@evil.example/bank.example',
      ['https://bank.example@', 'evil.example', '/bank.example'],
    ],
    ['https://a:b@evil.example/@', ['https://a:b@', 'evil.example', '/@']],
    ['https://example.com/a@example.com', ['https://', 'example.com', '/a@example.com']],
    // Letters that look like others are written as what they are.
    ['https://ex\u0430mple.com/', ['https://', 'xn--exmple-4nf.com', '/']],
  ])('show the host of %s', (text, parts) => {
    expect(addressOf(text)).toMatchObject({ before: parts[0], host: parts[1], after: parts[2] });
  });

  it.each(['javascript:alert(1)', 'file:///etc/passwd', 'data:text/html,x', 'example.com', ''])(
    'do not lead to %s',
    (text) => {
      expect(addressOf(text)).toEqual({ refused: text });
    },
  );

  it('say when an address is not encrypted', () => {
    expect([addressOf('http://a.example'), addressOf('https://a.example')]).toMatchObject([
      { isPlain: true },
      { isPlain: false },
    ]);
  });
});

describe('a form for a question', () => {
  it('begins with what the server suggests', () => {
    const { given } = drawnOf({
      properties: {
        a: { type: 'string', default: 'x' },
        b: { type: 'boolean' },
        c: { type: 'boolean' },
        d: { type: 'integer', default: 0 },
      },
      required: ['b'],
    });
    expect(given).toEqual({ a: 'x', b: false, d: 0 });
  });

  it('names the values of a list, and lets several be chosen', () => {
    const { schema } = drawnOf({
      type: 'object',
      properties: {
        old: { type: 'string', enum: ['a', 'b'], enumNames: ['A'] },
        several: { type: 'array', items: { type: 'string', enum: ['x'] }, default: ['x'] },
        plain: { type: 'string', enum: ['a'] },
      },
    });
    expect(schema['properties']).toEqual({
      old: {
        type: 'string',
        oneOf: [
          { const: 'a', title: 'A' },
          { const: 'b', title: 'b' },
        ],
      },
      several: { type: 'array', items: { type: 'string', enum: ['x'] }, uniqueItems: true },
      plain: { type: 'string', enum: ['a'] },
    });
  });

  it.each([undefined, null, 'text', [], { properties: 5 }])('is drawn for %j', (schema) => {
    expect(drawnOf(schema)).toMatchObject({ schema: { type: 'object', properties: {} }, given: {} });
  });
});
