import fc from 'fast-check';
import { META } from './protocol';
import { isScanFault, scanAnswer, scanRequest } from './scan';
import { type ScannedMessage } from './scanned-message';

const bytes = (value: unknown): Buffer =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value), 'utf8');

function scanned(value: unknown): ScannedMessage {
  const scan = scanRequest(bytes(value));
  if (isScanFault(scan)) throw new Error(scan.message);
  return scan;
}
const codeOf = (value: unknown): number | undefined => {
  const scan = scanRequest(Buffer.isBuffer(value) ? value : bytes(value));
  return isScanFault(scan) ? scan.code : undefined;
};
const call = (params: object, method = 'tools/call') => ({ jsonrpc: '2.0', id: 1, method, params });

describe('the scan of a message', () => {
  it('finds what a call will do', () => {
    const meta = { [META.version]: '2026-07-28', other: { [META.version]: 'deeper' } };
    expect(scanned(call({ arguments: { name: 'no', _meta: {} }, name: 'echo', _meta: meta }))).toMatchObject({
      kind: 'request',
      id: 1,
      method: 'tools/call',
      name: 'echo',
      metaVersion: '2026-07-28',
    });
  });

  it.each([
    ['resources/read', { uri: 'test://a', name: 'no' }, 'test://a'],
    ['prompts/get', { name: 'p', uri: 'no' }, 'p'],
    ['tasks/get', { taskId: 't' }, 't'],
    ['tools/list', { name: 'no' }, undefined],
    ['tools/call', { name: 5 }, undefined],
  ])('%s acts on what its method names', (method, params, name) => {
    expect(scanned(call(params, method)).name).toBe(name);
  });

  it.each([
    [{ jsonrpc: '2.0', method: 'notifications/initialized' }, 'notification'],
    [{ jsonrpc: '2.0', id: 'a', result: {} }, 'response'],
    [{ jsonrpc: '2.0', id: null, error: { code: -32700, message: 'x' } }, 'response'],
  ])('tells the kind of %j', (message, kind) => {
    expect(scanned(message).kind).toBe(kind);
  });

  it('tells where the parameters stand', () => {
    const text = '{"jsonrpc":"2.0","id":0,"method":"initialize","params": {"protocolVersion":"2025-06-18"} }';
    const { params, asksVersion } = scanned(text);
    expect(text.slice(params?.start, params?.end)).toBe('{"protocolVersion":"2025-06-18"}');
    expect(asksVersion).toBe('2025-06-18');
  });

  it.each([
    [
      { jsonrpc: '2.0', id: 1, result: { content: [{ text: '"isError":true' }], isError: true } },
      true,
      undefined,
    ],
    [
      { jsonrpc: '2.0', id: 1, result: { structuredContent: { isError: true }, isError: false } },
      false,
      undefined,
    ],
    [{ jsonrpc: '2.0', id: 1, error: { message: 'no', code: -32602 } }, false, -32602],
  ])('tells the outcome of %j', (message, isToolError, errorCode) => {
    expect(scanAnswer(bytes(message))).toMatchObject({ kind: 'response', isToolError, errorCode });
  });

  it.each([
    [' { "content" : [ ] } ', '{ "content" : [ ] }', false],
    ['{"content":[],"resultType":"complete"}', '{"content":[],"resultType":"complete"}', true],
    ['{"tools":[],"ttlMs":1}', '{"tools":[],"ttlMs":1}', true],
    ['{"tools":[],"cacheScope":"public"}', '{"tools":[],"cacheScope":"public"}', true],
    ['{"content":[{"resultType":"task"}]}', '{"content":[{"resultType":"task"}]}', false],
  ])(
    'tells where the result %j stands, and whether all eras mean the same by it',
    (result, text, isOfOneEra) => {
      const answer = Buffer.from(`{"result":${result},"jsonrpc":"2.0","id":1}`);
      const scan = scanAnswer(answer);
      if (isScanFault(scan)) throw new Error(scan.message);
      expect(answer.toString('utf8', scan.result?.start, scan.result?.end)).toBe(text);
      expect(scan.isOfOneEra).toBe(isOfOneEra);
    },
  );

  it('finds no result where it is no object', () => {
    expect(scanAnswer(Buffer.from('{"jsonrpc":"2.0","id":1,"result":[]}'))).toMatchObject({
      result: undefined,
    });
  });

  it.each([
    '[]',
    '[{"jsonrpc":"2.0","id":1,"method":"ping"}]',
    '5',
    '{}',
    '{"jsonrpc":"1.0","id":1,"method":"ping"}',
    '{"jsonrpc":"2.0","id":1,"method":"ping"} {}',
    '{"jsonrpc":"2.0","id":1,"method":"a","method":"b"}',
    '{"jsonrpc":"2.0","id":1,"method":"a","Method":"b"}',
    '{"jsonrpc":"2.0","id":1,"\\u006dethod":"b"}',
    '{"jsonrpc":"2.0","id":1,"method":"a","param\u017f":{}}',
    '{"jsonrpc":"2.0","id":null,"method":"ping"}',
    '{"jsonrpc":"2.0","id":{},"method":"ping"}',
    '{"jsonrpc":"2.0","id":true,"method":"ping"}',
    '{"jsonrpc":"2.0","id":1,"method":5}',
    '{"jsonrpc":"2.0","id":1,"method":"a","params":[]}',
    '{"jsonrpc":"2.0","id":1,"method":"a","result":{}}',
    '{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":""}}',
    '{"jsonrpc":"2.0","id":1}',
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","name":"b"}}',
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","NAME":"b"}}',
    '{"jsonrpc":"2.0","id":1,"method":"x","params":{"_meta":{},"_meta":{}}}',
    `{"jsonrpc":"2.0","id":1,"method":"x","params":{"_meta":{"${META.version}":"a","${META.version}":"b"}}}`,
    `{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":${'['.repeat(80)}${']'.repeat(80)}}}`,
  ])('refuses %s', (text) => {
    expect(codeOf(text)).toBe(-32600);
  });

  it.each([
    '',
    '{',
    '{"jsonrpc":"2.0","id":1,"method":"ping"',
    '{"jsonrpc":"2.0","id":01,"method":"ping"}',
    '{"jsonrpc":"2.0","id":1,"method":"ping",}',
    '{"jsonrpc":"2.0","id":1 "method":"ping"}',
    '{"jsonrpc":"2.0","id":1,"method":"pi\\xng"}',
    '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":[1,]}}',
    '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":nul}}',
    `{"jsonrpc":"2.0","id":1,"method":"${'x'.repeat(100)}\\"`,
  ])('cannot read %s', (text) => {
    expect(codeOf(text)).toBe(-32700);
  });

  it('refuses bytes that are no UTF-8', () => {
    expect(codeOf(Buffer.from('{"jsonrpc":"2.0","id":1,"method":"\xff"}', 'latin1'))).toBe(-32700);
  });

  it('lets another member of the same name be, where no method is decided by it', () => {
    expect(scanned(call({ arguments: { a: 1 }, Uri: 'x', uri: 'y', name: 'echo' })).name).toBe('echo');
  });

  it('sees what a parser sees', () => {
    const id = fc.oneof(fc.string(), fc.integer());
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('echo', '\\', '"', 'x'.repeat(47) + '\\"'),
    );
    const params = fc.record(
      {
        name: text,
        uri: text,
        arguments: fc.jsonValue(),
        extra: fc.jsonValue(),
        _meta: fc.dictionary(text, fc.jsonValue()),
      },
      { requiredKeys: [] },
    );
    const space = fc.constantFrom(undefined, 1, '\t');
    fc.assert(
      fc.property(id, text, params, space, (theId, method, theParams, indent) => {
        const message = JSON.parse(
          JSON.stringify({ params: theParams, id: theId, jsonrpc: '2.0', method }),
        ) as {
          params: { name?: string };
        };
        const scan = scanned(JSON.stringify(message, null, indent));
        expect(scan).toMatchObject({ kind: 'request', id: theId, method });
        const call = scanned(JSON.stringify({ ...message, method: 'tools/call' }, null, indent));
        expect(call.name).toBe(message.params.name);
      }),
      { numRuns: 500, seed: 20_251_125 },
    );
  });

  it('takes nothing whose structure a parser refuses, and no other view of what it takes', () => {
    const base = JSON.stringify(call({ name: 'echo', arguments: { a: [1, -2.5e3, true, null, 'x"y\\z'] } }));
    const edit = fc.record({
      at: fc.nat(base.length),
      remove: fc.nat(3),
      insert: fc.constantFrom(
        '',
        '"',
        '\\',
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '0',
        '-',
        'e',
        ' ',
        'name',
        '\n',
        'ä',
      ),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        const text = edits.reduce(
          (now, { at, remove, insert }) => now.slice(0, at) + insert + now.slice(at + remove),
          base,
        );
        const scan = scanRequest(bytes(text));
        if (isScanFault(scan)) return;
        // What stands in strings that decide nothing is not judged: that is the upstream's to refuse.
        const parsed = parse(text.replaceAll('\n', ' ').replaceAll(/(\\["\\])|\\/g, '$1'));
        expect(parsed).toMatchObject({
          jsonrpc: '2.0',
          ...(scan.method === undefined ? {} : { method: scan.method }),
        });
        if (scan.method === 'tools/call') expect(parsed.params?.name ?? undefined).toBe(scan.name);
      }),
      { numRuns: 2_000, seed: 20_260_728 },
    );
  });
});

const parse = (text: string): { params?: { name?: string } } =>
  JSON.parse(text) as { params?: { name?: string } };
