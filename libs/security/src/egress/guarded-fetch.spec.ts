import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { EgressRefusedError, OutboundFailure } from './errors';
import { guardedFetch, type GuardedFetch, type GuardedFetchOptions } from './guarded-fetch';
import { EgressPolicy } from './policy';
import { trustedFetch } from './trusted-fetch';

/** A real server on loopback that counts what reaches it. */
class Listener {
  connections = 0;
  bytes = 0;
  readonly requests: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[] =
    [];
  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async open(answer: RequestListener): Promise<Listener> {
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        listener.requests.push({ method, url, headers, body });
        answer(request, response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const listener = new Listener(server, (server.address() as AddressInfo).port);
    server.on('connection', (socket) => {
      listener.connections += 1;
      socket.on('data', (chunk: Buffer) => (listener.bytes += chunk.length));
    });
    return listener;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

const PUBLIC = '93.184.216.34';
const open: { close(): Promise<void> }[] = [];

async function listen(answer: RequestListener = (_, response) => response.end('ok')): Promise<Listener> {
  const listener = await Listener.open(answer);
  open.push(listener);
  return listener;
}

function guard(policy: EgressPolicy, options: GuardedFetchOptions = {}): GuardedFetch {
  const guarded = guardedFetch(policy, options);
  open.push(guarded);
  return guarded;
}

/** A client that may reach the listener, by address. */
const allowing = ({ port }: Listener, options?: GuardedFetchOptions): GuardedFetch =>
  guard(new EgressPolicy({ allow: [`127.0.0.1:${port}`] }), options);

const urlOf = ({ port }: Listener, path = '/'): string => `http://127.0.0.1:${port}${path}`;

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function expectRefusal(answer: Promise<unknown>, reason: string): Promise<void> {
  const error = await answer.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(EgressRefusedError);
  expect((error as EgressRefusedError).reason).toBe(reason);
}

describe('an address inside', () => {
  it.each([
    (port: number) => `http://127.0.0.1:${port}/`,
    (port: number) => `https://127.0.0.1:${port}/`,
    (port: number) => `https://2130706433:${port}/`,
    (port: number) => `https://0x7f.1:${port}/`,
    (port: number) => `https://0:${port}/`,
    (port: number) => `https://[::ffff:127.0.0.1]:${port}/`,
    (port: number) => `https://localhost:${port}/`,
  ])('gets not even a connection (%#)', async (url) => {
    const listener = await listen();
    await expectRefusal(guard(new EgressPolicy())(url(listener.port)), 'loopback address');
    expect(listener.connections).toBe(0);
  });

  it('gets no connection when a name resolves to it, alone or among public addresses', async () => {
    const listener = await listen();
    for (const answers of [['127.0.0.1'], [PUBLIC, '127.0.0.1'], ['::1', PUBLIC]]) {
      const guarded = guard(new EgressPolicy(), { resolve: () => Promise.resolve(answers) });
      await expectRefusal(guarded(`https://rebind.example:${listener.port}/`), 'loopback address');
    }
    expect(listener.connections).toBe(0);
  });

  it('is not reached by a name that changes its mind after the check', async () => {
    const listener = await listen();
    const answers = [[PUBLIC], ['127.0.0.1']];
    const dialled: string[] = [];
    const guarded = guard(new EgressPolicy(), {
      resolve: () => Promise.resolve(answers.shift() ?? ['127.0.0.1']),
      dial: (address) => {
        dialled.push(address);
        return connect(1, '127.0.0.1');
      },
    });
    await expect(guarded(`https://rebind.example:${listener.port}/`)).rejects.toThrow(OutboundFailure);
    expect(dialled).toEqual([PUBLIC]);
    expect(listener.connections).toBe(0);
  });

  it.each(['http', 'https'])(
    'gets not a byte when the network leads there behind our back (%s)',
    async (scheme) => {
      const listener = await listen();
      const policy = new EgressPolicy({ allow: [`${PUBLIC}:${listener.port}`] });
      const guarded = guard(policy, {
        resolve: () => Promise.resolve([PUBLIC]),
        dial: () => connect(listener.port, '127.0.0.1'),
      });
      await expectRefusal(guarded(`${scheme}://public.example:${listener.port}/`), 'loopback address');
      expect(listener.bytes).toBe(0);
    },
  );

  it('of ours is refused even where it is allowed', async () => {
    const listener = await listen();
    const own = `127.0.0.1:${listener.port}`;
    const guarded = guard(new EgressPolicy({ allow: [own], deny: [own], localMode: true }));
    await expectRefusal(guarded(urlOf(listener)), 'one of our own listeners');
    expect(listener.connections).toBe(0);
  });

  it('is opened by local mode where it is named literally', async () => {
    const listener = await listen();
    const guarded = guard(new EgressPolicy({ localMode: true }));
    expect((await guarded(`http://localhost:${listener.port}/`)).status).toBe(200);
    const byName = guard(new EgressPolicy({ localMode: true }), {
      resolve: () => Promise.resolve(['127.0.0.1']),
    });
    await expectRefusal(byName(`https://a.example:${listener.port}/`), 'loopback address');
    expect(listener.connections).toBe(1);
  });
});

describe('a redirect', () => {
  const redirectTo =
    (location: () => string, status = 302): RequestListener =>
    (request, response) => {
      if (request.url === '/end') response.end('end');
      else response.writeHead(status, { location: location() }).end();
    };

  it('to an address inside is refused, whatever let the first one pass', async () => {
    const inside = await listen();
    const outside = await listen(redirectTo(() => urlOf(inside)));
    await expectRefusal(allowing(outside)(urlOf(outside)), 'loopback address');

    const local = guard(new EgressPolicy({ localMode: true }));
    await expectRefusal(local(`http://localhost:${outside.port}/`), 'loopback address');
    expect(inside.connections).toBe(0);
  });

  it.each(['file:///etc/passwd', 'gopher://x/', 'javascript:alert(1)'])(
    'to %s is refused',
    async (location) => {
      const outside = await listen(redirectTo(() => location));
      await expectRefusal(allowing(outside)(urlOf(outside)), 'scheme');
    },
  );

  it('is followed three times and no more', async () => {
    const loop: Listener = await listen(redirectTo(() => '/again'));
    await expectRefusal(allowing(loop)(urlOf(loop)), 'too many redirects');
    expect(loop.requests).toHaveLength(4);
  });

  it('is not followed at all where that is asked for', async () => {
    const outside = await listen(redirectTo(() => '/end'));
    await expectRefusal(allowing(outside, { maxRedirects: 0 })(urlOf(outside)), 'redirect');
    expect((await allowing(outside)(urlOf(outside), { redirect: 'manual' })).status).toBe(302);
    await expectRefusal(allowing(outside)(urlOf(outside), { redirect: 'error' }), 'redirect');
    expect(outside.requests.every(({ url }) => url === '/')).toBe(true);
  });

  it('takes credentials and bodies no further than the same origin', async () => {
    const other = await listen();
    const status = { now: 302 };
    const first: Listener = await listen((request, response) => {
      const location = request.url === '/same' ? '/end' : urlOf(other, '/end');
      if (request.url === '/end') response.end();
      else response.writeHead(status.now, { location }).end();
    });
    const guarded = guard(
      new EgressPolicy({ allow: [`127.0.0.1:${first.port}`, `127.0.0.1:${other.port}`] }),
    );
    const init = {
      method: 'POST',
      body: 'payload',
      headers: { authorization: 'Bearer x', 'x-key': 'y', accept: 'a/b' },
    };

    await guarded(urlOf(first, '/away'), init);
    expect(other.requests[0]).toMatchObject({ method: 'GET', body: '' });
    expect(other.requests[0]?.headers).not.toHaveProperty('authorization');
    expect(other.requests[0]?.headers).not.toHaveProperty('x-key');
    expect(other.requests[0]?.headers['accept']).toBe('a/b');

    status.now = 307;
    await guarded(urlOf(first, '/same'), init);
    expect(first.requests.at(-1)).toMatchObject({ method: 'POST', url: '/end', body: 'payload' });
    expect(first.requests.at(-1)?.headers['authorization']).toBe('Bearer x');
    await expectRefusal(guarded(urlOf(first, '/away'), init), 'redirect with a body to another origin');
  });
});

describe('an answer', () => {
  it('is what fetch would give', async () => {
    const listener = await listen((_, response) => {
      response
        .writeHead(201, { 'content-type': 'application/json', 'set-cookie': ['a=1', 'b=2'] })
        .end('{"a":1}');
    });
    const answer = await allowing(listener)(urlOf(listener, '/path?q=1'), {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });

    expect(answer).toBeInstanceOf(Response);
    expect([answer.status, answer.ok, answer.url]).toEqual([201, true, urlOf(listener, '/path?q=1')]);
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await answer.json()).toEqual({ a: 1 });
    expect(listener.requests[0]).toMatchObject({
      method: 'POST',
      url: '/path?q=1',
      body: 'grant_type=client_credentials',
    });
    expect(listener.requests[0]?.headers['content-type']).toContain('application/x-www-form-urlencoded');
  });

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ] as const)('is unpacked from %s', async (encoding, pack) => {
    const listener = await listen((_, response) => {
      response.writeHead(200, { 'content-encoding': encoding }).end(pack('a text of some length'));
    });
    expect(await (await allowing(listener)(urlOf(listener))).text()).toBe('a text of some length');
  });

  it('that is a bomb is cut off', async () => {
    const listener = await listen((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(8 * 1_024 * 1_024)));
    });
    const answer = await allowing(listener)(urlOf(listener));
    await expect(answer.text()).rejects.toMatchObject({ code: 'DECOMPRESSION_RATIO' });
  });

  it('that is too large is cut off, and one that is packed in an unknown way is not read', async () => {
    const listener = await listen((request, response) => {
      if (request.url === '/odd') response.writeHead(200, { 'content-encoding': 'zstd' }).end('x');
      else response.end(Buffer.alloc(200_000, 1));
    });
    const guarded = allowing(listener, { maxBodyBytes: 100_000 });
    await expect((await guarded(urlOf(listener))).arrayBuffer()).rejects.toMatchObject({
      code: 'BODY_TOO_LARGE',
    });
    await expect(guarded(urlOf(listener, '/odd'))).rejects.toMatchObject({ layer: 'http' });
  });

  it('that stops half way is given up, but a stream of events may be silent', async () => {
    const listener = await listen((request, response) => {
      const type = request.url === '/events' ? 'text/event-stream' : 'text/plain';
      response.writeHead(200, { 'content-type': type }).write('data: 1\n\n');
    });
    const guarded = allowing(listener, { idleTimeoutMs: 20 });
    await expect((await guarded(urlOf(listener))).text()).rejects.toMatchObject({ layer: 'timeout' });

    const events = await guarded(urlOf(listener, '/events'));
    const reader = (events.body as ReadableStream<Uint8Array>).getReader();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('data: 1\n\n');
    await reader.cancel();
  });

  it('that never begins is given up, and so is one that nobody waits for any more', async () => {
    const listener = await listen(() => undefined);
    await expect(allowing(listener, { headersTimeoutMs: 50 })(urlOf(listener))).rejects.toMatchObject({
      layer: 'timeout',
    });
    const stop = new AbortController();
    const answer = allowing(listener)(urlOf(listener), { signal: stop.signal });
    stop.abort();
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('of a server that is not there names the layer, and no address', async () => {
    const listener = await listen();
    await listener.close();
    const error = await allowing(listener)(urlOf(listener)).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ layer: 'tcp', code: 'ECONNREFUSED' });
    expect((error as Error).message).not.toContain('127.0.0.1');
  });
});

describe('trustedFetch', () => {
  it('reaches what we made ourselves, and follows nobody', async () => {
    const inside = await listen();
    const ours = await listen((_, response) => response.writeHead(302, { location: urlOf(inside) }).end());
    const trusted = trustedFetch();
    open.push(trusted);

    expect((await trusted(urlOf(ours))).status).toBe(302);
    expect(inside.connections).toBe(0);
  });
});
