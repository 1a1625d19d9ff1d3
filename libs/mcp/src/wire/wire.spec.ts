import { decodeHeaderValue, encodeHeaderValue } from './header-value';
import { parseMessage } from './json-rpc';
import { mirroredArguments, mirroredHeaders, mirroredMismatch } from './mirrored-arguments';
import { newerFault, newerStatus } from './newer-request';
import { namedMember } from './protocol';

describe('header values', () => {
  it.each(['plain', 'with space', '', 'ä', ' outer ', 'line\nbreak', '=?base64?eA==?=', '=?base64?', '😀'])(
    'come back as they were: "%s"',
    (value) => {
      const header = encodeHeaderValue(value);
      expect(header).toMatch(/^[\x20-\x7e]*$/);
      expect(decodeHeaderValue(header)).toBe(value);
    },
  );

  it.each(['=?base64?*?=', '=?base64?eA?=', '=?base64?//79/w==?='])('refuses %s', (header) => {
    expect(decodeHeaderValue(header)).toBeUndefined();
  });

  it('takes a value with one mark only as it stands', () => {
    expect(decodeHeaderValue('=?base64?eA==')).toBe('=?base64?eA==');
  });
});

describe('parseMessage', () => {
  it.each([
    '{"jsonrpc":"2.0","id":1,"method":"m"}',
    '{"jsonrpc":"2.0","method":"m","params":{}}',
    '{"jsonrpc":"2.0","id":"x","result":{}}',
    '{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"m"}}',
    '{"jsonrpc":"2.0","error":{"code":1,"message":"m"}}',
  ])('takes %s', (text) => {
    expect(parseMessage(text)).toBeDefined();
  });

  it.each([
    '',
    '[]',
    '[{"jsonrpc":"2.0","id":1,"method":"m"}]',
    '{"jsonrpc":"1.0","id":1,"method":"m"}',
    '{"jsonrpc":"2.0","id":{},"method":"m"}',
    '{"jsonrpc":"2.0","id":null,"method":"m"}',
    '{"jsonrpc":"2.0","id":1,"method":"m","params":[]}',
    '{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":"m"}}',
    '{"jsonrpc":"2.0","id":1,"result":1}',
    '{"jsonrpc":"2.0","id":1}{"jsonrpc":"2.0","id":2}',
  ])('refuses %s', (text) => {
    expect(parseMessage(text)).toBeUndefined();
  });
});

describe('arguments repeated in headers', () => {
  const region = { type: 'string', 'x-mcp-header': 'Region' };

  it('are found on paths of properties and written as headers', () => {
    const mirrored = mirroredArguments({
      properties: { region, deep: { properties: { count: { type: 'integer', 'x-mcp-header': 'Count' } } } },
    });
    expect(mirrored).toEqual(
      new Map([
        ['region', ['region']],
        ['count', ['deep', 'count']],
      ]),
    );
    expect(mirroredHeaders(mirrored!, { region: 'nørd', deep: { count: 3 } })).toEqual({
      'mcp-param-region': '=?base64?bsO4cmQ=?=',
      'mcp-param-count': '3',
    });
    expect(mirroredHeaders(mirrored!, { region: null })).toEqual({});
  });

  it.each([
    [
      { region: 'nørd', count: 3 },
      { 'mcp-param-region': '=?base64?bsO4cmQ=?=', 'mcp-param-count': '3.0' },
      undefined,
    ],
    [{ region: null }, {}, undefined],
    [{ region: 'a' }, {}, 'mcp-param-region'],
    [{}, { 'mcp-param-region': 'a' }, 'mcp-param-region'],
    [{}, { 'mcp-param-region': '=?base64?*?=' }, 'mcp-param-region'],
    [{ region: 'a' }, { 'mcp-param-region': 'A' }, 'mcp-param-region'],
    [{ region: 'a', count: 3 }, { 'mcp-param-region': 'a', 'mcp-param-count': '4' }, 'mcp-param-count'],
    [{ region: 'a', count: 0 }, { 'mcp-param-region': 'a', 'mcp-param-count': ' ' }, 'mcp-param-count'],
  ])('compares %j with %j', (args, headers, mismatch) => {
    const mirrored = mirroredArguments({
      properties: {
        region: { type: 'string', 'x-mcp-header': 'Region' },
        count: { type: 'integer', 'x-mcp-header': 'Count' },
      },
    });
    expect(mirroredMismatch(mirrored!, args, headers)).toBe(mismatch);
  });

  it.each([
    ['twice', { properties: { a: region, b: { ...region, 'x-mcp-header': 'REGION' } } }],
    ['on an object', { properties: { a: { type: 'object', 'x-mcp-header': 'A' } } }],
    ['with a bad name', { properties: { a: { type: 'string', 'x-mcp-header': 'a b' } } }],
    ['below items', { properties: { a: { type: 'array', items: region } } }],
    ['at the root', region],
  ])('are invalid %s', (_where, schema) => {
    expect(mirroredArguments(schema)).toBeUndefined();
  });
});

describe('namedMember', () => {
  it.each([
    ['tools/call', 'name'],
    ['prompts/get', 'name'],
    ['resources/read', 'uri'],
    ['tasks/get', 'taskId'],
    ['tools/list', undefined],
  ])('of %s is %s', (method, member) => {
    expect(namedMember(method)).toBe(member);
  });
});

describe('newerFault', () => {
  const VERSION = 'io.modelcontextprotocol/protocolVersion';
  const meta = { [VERSION]: '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {} };
  const asked = (method: string, params: object, headers: object): number | undefined =>
    newerFault(
      { jsonrpc: '2.0', id: 1, method, params: { _meta: meta, ...params } },
      { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, ...headers },
    )?.code;

  it.each([
    ['tools/list', {}, {}, undefined],
    ['tools/call', { name: 'ä' }, { 'mcp-name': '=?base64?w6Q=?=' }, undefined],
    ['tools/call', { name: 'a' }, {}, -32020],
    ['tools/call', { name: 'a' }, { 'mcp-name': 'b' }, -32020],
    ['tools/call', {}, { 'mcp-name': 'b' }, -32020],
    ['tasks/list', {}, {}, undefined],
    ['tools/list', {}, { 'mcp-method': 'TOOLS/LIST' }, -32020],
    ['tools/list', {}, { 'mcp-protocol-version': undefined }, -32020],
    ['tools/list', { _meta: {} }, {}, -32602],
    ['tools/list', { _meta: { [VERSION]: '2026-07-28' } }, {}, -32602],
    ['tools/list', { _meta: { ...meta, [VERSION]: '3' } }, { 'mcp-protocol-version': '3' }, -32022],
  ])('%s %j with %j is %p', (method, params, headers, code) => {
    expect(asked(method, params, headers)).toBe(code);
  });

  it.each([
    [-32601, 404],
    [-32021, 400],
    [-32602, 200],
    [1503, 200],
  ])('answers %i with %i', (code, status) => {
    expect(newerStatus(code)).toBe(status);
  });
});
