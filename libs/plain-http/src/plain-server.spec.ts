import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { type RawRequest, type RawResponse } from './raw-exchange';
import { PlainServer } from './plain-server';

const LIMITS = { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 72_000 };
const open: { close(): void }[] = [];

/** Who read what, in order: `plain POST /mcp hello`. */
interface Served {
  readonly port: number;
  readonly server: PlainServer;
  readonly seen: string[];
}

type Serve = (request: RawRequest, response: RawResponse, body: string) => void;

const echo: Serve = (_request, response, body) => {
  const bytes = Buffer.from(body);
  response.writeHead(200, { 'content-length': bytes.length });
  response.end(bytes);
};

async function start(serve: Serve = echo, limits = LIMITS, isPlain = true): Promise<Served> {
  const seen: string[] = [];
  const note = (who: string, { method, url }: RawRequest, body: string): void => {
    seen.push([who, method, url, body].join(' '));
  };
  const server = new PlainServer(limits, (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      note('node', request, body);
      serve(request, response, body);
    });
  });
  if (isPlain)
    server.takePlain({
      takes: ({ url, bodyBytes }) => url === '/mcp' && bodyBytes <= 1_000_000,
      serve: (request, response) => {
        request.takeBody((body) => {
          note('plain', request, body?.toString() ?? 'lost');
          if (body !== undefined) serve(request, response, body.toString());
        });
      },
    });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push({
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  });
  return { port: (server.address() as AddressInfo).port, server, seen };
}

async function client(
  port: number,
): Promise<{ socket: Socket; said: () => string; ended: Promise<unknown> }> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  const ended = once(socket, 'close');
  await once(socket, 'connect');
  open.push({ close: () => socket.destroy() });
  return { socket, said: () => text, ended };
}

const post = (body: string, more = '', url = '/mcp'): string =>
  `POST ${url} HTTP/1.1\r\nHost: x\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;
/** With it a connection that is served to the end ends by itself. */
const LAST = 'GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

async function eventually(check: () => boolean): Promise<void> {
  const until = Date.now() + 30_000;
  while (!check()) {
    if (Date.now() > until) throw new Error('It did not happen.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The bodies of the answers, which here say what they answer, and the statuses. */
const statuses = (text: string): string[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status = '']) => status);

afterEach(() => {
  for (const each of open.splice(0).reverse()) each.close();
});

describe('a server that reads plain requests itself', () => {
  it('leaves the connection to Node with the first request that is not for it, and loses nothing', async () => {
    const { port, seen } = await start();
    const { socket, said, ended } = await client(port);
    socket.write(post('one') + post('two') + post('three', '', '/other') + post('four') + LAST);
    await ended;
    expect(seen).toEqual([
      'plain POST /mcp one',
      'plain POST /mcp two',
      'node POST /other three',
      'node POST /mcp four',
      'node GET /last ',
    ]);
    expect(said().match(/one|two|three|four/g)).toEqual(['one', 'two', 'three', 'four']);
  });

  it('takes whatever way the bytes are cut', async () => {
    const { port, seen } = await start();
    const all =
      post('one') + post('second', 'X-Id: 2\r\n') + post('x'.repeat(300)) + post('4', '', '/other') + LAST;
    for (const step of [1, 2, 3, 7, 61, 150, 401]) {
      seen.length = 0;
      const { socket, said, ended } = await client(port);
      socket.setNoDelay(true);
      for (let at = 0; at < all.length; at += step) {
        socket.write(all.slice(at, at + step));
        await new Promise(setImmediate);
      }
      await ended;
      expect(seen.map((line) => line.replace(/^\w+ /, ''))).toEqual([
        'POST /mcp one',
        'POST /mcp second',
        `POST /mcp ${'x'.repeat(300)}`,
        'POST /other 4',
        'GET /last ',
      ]);
      expect(statuses(said())).toEqual(['200', '200', '200', '200', '200']);
    }
  });

  it('answers in the order of the requests, however long each takes', async () => {
    const later: (() => void)[] = [];
    const { port, seen } = await start((request, response, body) => {
      if (body === 'slow')
        later.push(() => {
          echo(request, response, body);
        });
      else echo(request, response, body);
    });
    const { socket, said, ended } = await client(port);
    socket.write(post('slow') + post('fast') + LAST);
    await eventually(() => later.length === 1);
    expect(said()).toBe('');
    expect(seen).toEqual(['plain POST /mcp slow']);
    later[0]?.();
    await ended;
    expect(said().match(/slow|fast/g)).toEqual(['slow', 'fast']);
  });

  it('finds the next request behind a body that nobody read', async () => {
    const { port, server } = await start();
    server.takePlain({
      takes: ({ url }) => url === '/mcp',
      serve: (request, response) => {
        response.writeHead(401, ['content-length', '0']);
        response.end();
        request.resume();
      },
    });
    const { socket, said, ended } = await client(port);
    socket.write(`POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nGET /smuggled HTTP/1.1\r\n`);
    await eventually(() => said().includes('401'));
    socket.write(`${'y'.repeat(50 - 24)}${LAST}`);
    await ended;
    expect(statuses(said())).toEqual(['401', '200']);
  });

  it('tells that the client is gone', async () => {
    const gone: string[] = [];
    const { port } = await start((_request, response, body) => {
      response.once('close', () => gone.push(`${body} ${String(response.writableFinished)}`));
    });
    const { socket } = await client(port);
    socket.write(post('waits'));
    const other = await client(port);
    other.socket.write('POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nhalf');
    await new Promise(setImmediate);
    socket.destroy();
    other.socket.destroy();
    await eventually(() => gone.length === 1);
    expect(gone).toEqual(['waits false']);
  });

  it('ends who says nothing, and tells who sends too slowly', async () => {
    const { port, server, seen } = await start(echo, {
      headersTimeout: 900,
      requestTimeout: 900,
      keepAliveTimeout: 900,
    });
    const told: string[] = [];
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
      told.push(error.code ?? '');
      socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
    });
    const silent = await client(port);
    const idle = await client(port);
    idle.socket.write(post('once'));
    const slow = await client(port);
    slow.socket.write('POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab');
    await Promise.all([silent.ended, idle.ended, slow.ended]);
    expect(silent.said()).toBe('');
    expect(statuses(idle.said())).toEqual(['200']);
    expect(statuses(slow.said())).toEqual(['408']);
    expect(told).toEqual(['ERR_HTTP_REQUEST_TIMEOUT']);
    await eventually(() => seen.includes('plain POST /mcp lost'));
  });

  it('sends an answer of unknown length in chunks, and holds back for a client that does not read', async () => {
    let filled = 0;
    const { port } = await start((_request, response) => {
      response.writeHead(200, ['content-type', 'text/event-stream']);
      response.flushHeaders();
      response.write('data: é\n\n');
      const more = (): void => {
        while (filled < 200 && response.write(Buffer.alloc(65_536, 120))) filled += 1;
        filled += 1;
        if (filled < 200) response.once('drain', more);
        else response.end('data: last\n\n');
      };
      more();
    });
    const { socket, said } = await client(port);
    socket.pause();
    socket.write(post('go'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(filled).toBeLessThan(200);
    socket.resume();
    await eventually(() => said().endsWith('data: last\n\n\r\n0\r\n\r\n'));
    expect(said()).toContain('transfer-encoding: chunked');
    expect(said()).toContain(`a\r\n${Buffer.from('data: é\n\n').toString('latin1')}\r\n`);
  });

  it('breaks off rather than send a body that is not as long as it said', async () => {
    for (const body of ['short', 'much too long for that']) {
      const { port } = await start((_request, response) => {
        response.writeHead(200, ['content-length', '10']);
        response.end(body);
      });
      const { socket, said, ended } = await client(port);
      socket.write(post('a') + post('b'));
      await ended;
      expect(said()).not.toContain(body);
    }
  });

  it('refuses headers that would be more than one', async () => {
    const faults: unknown[] = [];
    const { port } = await start((_request, response) => {
      for (const headers of [
        ['x-a', 'b\r\nset-cookie: c'],
        ['x a', 'b'],
        ['x-a', 'smile ☺'],
        ['transfer-encoding', 'chunked'],
      ])
        try {
          response.writeHead(200, headers);
        } catch (error) {
          faults.push(error);
        }
      response.destroy();
    });
    const { socket, said, ended } = await client(port);
    socket.write(post('a'));
    await ended;
    expect(faults).toHaveLength(4);
    expect(said()).toBe('');
  });

  it('closes when it is closed: idle connections at once, others with their answer', async () => {
    const answers: (() => void)[] = [];
    const { port, server } = await start((request, response, body) => {
      if (body === 'idle') echo(request, response, body);
      else
        answers.push(() => {
          echo(request, response, body);
        });
    });
    const idle = await client(port);
    idle.socket.write(post('idle'));
    const busy = await client(port);
    busy.socket.write(post('busy'));
    await eventually(() => answers.length === 1 && idle.said().endsWith('idle'));
    const closed = new Promise((resolve) => server.close(resolve));
    await idle.ended;
    answers[0]?.();
    await busy.ended;
    await closed;
    expect(busy.said()).toContain('connection: close');
  });
});
