import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectMcp } from '@app/mcp';
import { BUNDLED, bundledEntry, packageProgram } from './index';
import { ECHO, optionOf } from './echo';
import { needsKey } from './needs-key';
import { allowedDirectories } from './official';
import { answer } from './program-protocol';
import { serveHttp } from './program-transports';

describe('the table of bundled servers', () => {
  it('has unique names that may stand in a path', () => {
    const names = BUNDLED.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z-]+$/);
  });

  it('lets only declared variables in, and starts scripts with an argument vector', () => {
    for (const { args, environment, envSchema } of BUNDLED) {
      expect(environment).toEqual(envSchema.map(({ name }) => name));
      expect(args('/home/of-it')[0]).toMatch(/\.js$/);
    }
    expect(bundledEntry('filesystem')?.args('/home/of-it')).toContain('/home/of-it');
  });

  it.each(['everything', 'filesystem', 'memory'])('finds the program of the official %s server', (name) => {
    expect(existsSync(packageProgram(`@modelcontextprotocol/server-${name}`))).toBe(true);
  });
});

describe('the directories of the file server', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'quayside-bundled-'));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  it('are its home unless others are named', () => {
    expect(allowedDirectories(undefined, '/data/homes/a')).toEqual(['/data/homes/a']);
    expect(allowedDirectories(' ', '/data/homes/a')).toEqual(['/data/homes/a']);
    expect(allowedDirectories(`${root}, /srv/docs`, '/data/homes/a')).toEqual([root, '/srv/docs']);
  });

  it.each(['/', '/data', '/data/homes', 'relative', '--option', '/srv/../data'])(
    'are never "%s"',
    (directory) => {
      expect(() => allowedDirectories(directory, '/data/homes/a')).toThrow('ALLOWED_DIRECTORIES');
    },
  );
});

describe('the echo server', () => {
  const ask = (method: string, params: object, id: number | undefined = 1): unknown => {
    const text = answer(ECHO, JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    return text === undefined ? undefined : JSON.parse(text);
  };
  const newer = { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } };

  it('speaks the older era', () => {
    expect(ask('initialize', { protocolVersion: '2025-03-26' })).toMatchObject({
      result: { protocolVersion: '2025-03-26', serverInfo: { name: 'quayside-echo' } },
    });
    expect(ask('tools/call', { name: 'echo', arguments: { message: 'ä' } })).toMatchObject({
      result: { content: [{ text: 'Echo: ä' }] },
    });
    expect(ask('tools/call', { name: 'nothing' })).toMatchObject({ error: { code: -32602 } });
    expect(answer(ECHO, '{"jsonrpc":"2.0","method":"notifications/initialized"}')).toBeUndefined();
    expect(answer(ECHO, 'nonsense')).toContain('-32700');
  });

  it('speaks the newer era', () => {
    expect(ask('server/discover', newer)).toMatchObject({ result: { supportedVersions: ['2026-07-28'] } });
    expect(ask('tools/list', newer)).toMatchObject({
      result: { resultType: 'complete', cacheScope: 'public' },
    });
    const future = { _meta: { 'io.modelcontextprotocol/protocolVersion': '2099-01-01' } };
    expect(ask('tools/list', future)).toMatchObject({ error: { code: -32022 } });
  });

  it('is found over HTTP in both eras', async () => {
    const server = await serveHttp(ECHO, 0, '127.0.0.1');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
    try {
      for (const prefer of ['older', 'newer'] as const) {
        const session = await connectMcp({ url, fetch, prefer });
        expect(session.era).toBe(prefer);
        const result = await session.callTool('reverse', { message: 'abc' });
        expect(result.content).toEqual([{ type: 'text', text: 'cba' }]);
        await session.close();
      }
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('reads its port from its arguments', () => {
    expect(optionOf(['node', 'echo.js', '--http', '8081'], '--http')).toBe('8081');
    expect(optionOf(['node', 'echo.js'], '--http')).toBeUndefined();
  });
});

describe('the server that needs a key', () => {
  it('never says what the key is', () => {
    const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'key_length' } };
    const text = answer(needsKey('hush-hush'), JSON.stringify(call));
    expect(text).toContain('9 characters');
    expect(text).not.toContain('hush');
  });
});
