import { isScanFault, type ScannedMessage, scanRequest } from '@app/mcp';
import { eraOf } from './era-of';
import { facePathOf, metadataPathOf } from './face-path';
import { permissionOf } from './face-permissions';

const VERSION = '2026-07-28';
const META = { 'io.modelcontextprotocol/protocolVersion': VERSION };

function scan(method: string, params: object, isNotification = false): ScannedMessage {
  const message = { jsonrpc: '2.0', ...(isNotification ? {} : { id: 1 }), method, params };
  const scanned = scanRequest(Buffer.from(JSON.stringify(message)));
  if (isScanFault(scanned)) throw new Error(scanned.message);
  return scanned;
}

describe('the path of a face', () => {
  it.each([
    ['/mcp', 'all', ''],
    ['/mcp?x=1', 'all', ''],
    ['/servers/one/mcp', 'server', 'one'],
    ['/endpoints/two_2/mcp?a', 'endpoint', 'two_2'],
  ])('%s is %s %s', (url, kind, name) => {
    expect(facePathOf(url)).toEqual({ kind, name });
  });

  it.each([
    ...['/', '/mcp/', '/mcp/tools', '/mcpx', '/servers/one', '/servers/one/mcp/', '/servers//mcp'],
    ...['/servers/a/b/mcp', '/endpoints', '/api/v1/mcp', '', '//mcp'],
  ])('%s is the framework’s', (url) => {
    expect(facePathOf(url)).toBeUndefined();
  });

  it.each([
    ['/.well-known/oauth-protected-resource', ''],
    ['/.well-known/oauth-protected-resource/servers/a/mcp?x', '/servers/a/mcp'],
    ['/.well-known/other', undefined],
  ])('the metadata of %s is that of %s', (url, path) => {
    expect(metadataPathOf(url)).toBe(path);
  });
});

describe('the era of a request', () => {
  const newer = (method: string, name?: string) => ({
    'mcp-protocol-version': VERSION,
    'mcp-method': method,
    ...(name === undefined ? {} : { 'mcp-name': name }),
  });

  it('is the older one where nothing says otherwise', () => {
    expect(eraOf({}, scan('tools/list', {}))).toBe('older');
    expect(eraOf({ 'mcp-protocol-version': '2025-11-25' }, scan('tools/list', {}))).toBe('older');
  });

  it('is the newer one where header and body say so, with all that they repeat', () => {
    expect(eraOf(newer('tools/list'), scan('tools/list', { _meta: META }))).toBe('newer');
    expect(eraOf(newer('tools/call', 'echo'), scan('tools/call', { name: 'echo', _meta: META }))).toBe(
      'newer',
    );
    const encoded = `=?base64?${Buffer.from('größe').toString('base64')}?=`;
    expect(eraOf(newer('tools/call', encoded), scan('tools/call', { name: 'größe', _meta: META }))).toBe(
      'newer',
    );
    expect(eraOf(newer('notifications/x'), scan('notifications/x', {}, true))).toBe('newer');
    // What is missing in the body is said by whoever answers.
    expect(eraOf(newer('tools/list'), scan('tools/list', {}))).toBe('newer');
  });

  it.each([
    ['only the body is of it', {}, { _meta: META }],
    ['the method differs', newer('tools/call'), { _meta: META }],
    [
      'the versions differ',
      { ...newer('tools/list'), 'mcp-protocol-version': '2027-01-01' },
      { _meta: META },
    ],
  ])('is in doubt where %s', (_why, headers, params) => {
    expect(eraOf(headers, scan('tools/list', params))).toEqual({
      disagreement: expect.any(String) as string,
    });
  });

  it.each([undefined, 'other', 'ECHO', '=?base64?!?=', 'echo, echo'])(
    'is in doubt where the name is %s',
    (name) => {
      const call = scan('tools/call', { name: 'echo', _meta: META });
      expect(eraOf(newer('tools/call', name), call)).toEqual({ disagreement: expect.any(String) as string });
    },
  );
});

describe('the permission of a method', () => {
  it.each([
    ['tools/call', 'tools:call'],
    ['tasks/get', 'tools:call'],
    ['resources/read', 'resources:read'],
    ['prompts/get', 'prompts:read'],
    ['tools/list', 'tools:read'],
    ['initialize', 'tools:read'],
    ['something/else', 'tools:read'],
    [undefined, 'tools:read'],
  ])('%s needs %s', (method, permission) => {
    expect(permissionOf(method)).toBe(permission);
  });
});
