import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { type PlainRequest } from './plain-request';
import { PlainServer } from './plain-server';
import { type RawResponse } from './raw-exchange';

const LIMITS = { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 72_000 };
const open: { close(): void }[] = [];

/** What becomes of a taken request, told with its body: undefined where its sender went away half-way. */
type Serve = (request: PlainRequest, response: RawResponse, body: string | undefined) => void;

/** The same before the body is there; it may tell what it sees. */
type Taker = (request: PlainRequest, response: RawResponse, seen: string[]) => void;

interface Served {
  readonly port: number;
  /** Who read what, in order: `node POST /mcp hello`. */
  readonly seen: string[];
}

async function start(serve: Taker, limits = LIMITS): Promise<Served> {
  const seen: string[] = [];
  const server = new PlainServer(limits, (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const told = request.rawHeaders.includes('X-Odd-Case') ? 'kept' : '';
      seen.push(
        `node ${String(request.method)} ${String(request.url)} ${Buffer.concat(chunks).toString()}${told}`,
      );
      response.end('node');
    });
  });
  server.on('clientError', (_error, socket: Socket) => {
    socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
  });
  server.takePlain({
    takes: ({ url }) => url === '/mcp',
    serve: (request, response) => {
      serve(request, response, seen);
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
  return { port: (server.address() as AddressInfo).port, seen };
}
const withBody =
  (serve: Serve): Taker =>
  (request, response, seen) => {
    request.takeBody((body) => {
      seen.push(`plain ${body?.toString() ?? 'lost'}`);
      serve(request, response, body?.toString());
    });
  };

const answer = (response: RawResponse): void => {
  response.writeHead(200, { 'content-length': 5 });
  response.end('plain');
};

interface Client {
  readonly socket: Socket;
  said(): string;
  readonly ended: Promise<unknown>;
}

async function client(port: number): Promise<Client> {
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  open.push({ close: () => socket.destroy() });
  let text = '';
  socket.on('data', (bytes: Buffer) => (text += bytes.toString('latin1')));
  socket.on('error', () => undefined);
  const ended = once(socket, 'close');
  await once(socket, 'connect');
  return { socket, said: () => text, ended };
}

const post = (body: string, url = '/mcp', more = ''): string =>
  `POST ${url} HTTP/1.1\r\nHost: x\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;
/** With it a connection that is served to the end ends by itself. */
const LAST = 'GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
const bodies = (text: string): string[] => text.match(/node|plain/g) ?? [];

async function eventually(check: () => boolean): Promise<void> {
  const until = Date.now() + 30_000;
  while (!check()) {
    if (Date.now() > until) throw new Error('It did not happen.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

afterEach(() => {
  for (const each of open.splice(0).reverse()) each.close();
});

describe('a request that was taken and is given back', () => {
  const back = withBody((request, response, body) => {
    if (body === 'mine') answer(response);
    else expect(request.giveBack()).toBe(true);
  });

  it('is Node’s with everything behind it, and what came before was answered', async () => {
    const { port, seen } = await start(back);
    const { socket, said, ended } = await client(port);
    socket.write(post('mine') + post('odd', '/mcp', 'X-Odd-Case: é\r\n') + post('mine') + LAST);
    await ended;
    expect(seen).toEqual([
      ...['plain mine', 'plain odd', 'node POST /mcp oddkept', 'node POST /mcp mine', 'node GET /last '],
    ]);
    expect(bodies(said())).toEqual(['plain', 'node', 'node', 'node']);
  });

  it('is whole whatever way the bytes were cut', async () => {
    const { port, seen } = await start(back);
    const all = post('mine') + post('b'.repeat(300)) + post('third') + LAST;
    for (const step of [1, 2, 7, 61, 150, 401]) {
      seen.length = 0;
      const { socket, said, ended } = await client(port);
      for (let at = 0; at < all.length; at += step) {
        socket.write(all.slice(at, at + step));
        await new Promise(setImmediate);
      }
      await ended;
      expect(seen.filter((line) => line.startsWith('node')).slice(-3)).toEqual([
        ...[`node POST /mcp ${'b'.repeat(300)}`, 'node POST /mcp third', 'node GET /last '],
      ]);
      expect(bodies(said())).toHaveLength(4);
    }
  });

  it('may have been kept for a while, with a body in pieces and more requests behind it', async () => {
    const requests: PlainRequest[] = [];
    const { port, seen } = await start((request, _response, told) => {
      requests.push(request);
      request.takeBody((body) => told.push(`plain ${String(body)}`));
    });
    const missing = (count: number) => eventually(() => requests[0]?.missingBytes === count);
    const { socket, said, ended } = await client(port);
    socket.write('POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nab');
    await missing(4);
    socket.write('cd');
    await missing(2);
    socket.write(`ef${post('next')}`);
    await missing(0);
    // More than waits here: the rest is in the buffers of the connection when it changes hands.
    socket.write(post('x'.repeat(200_000), '/other') + LAST);
    await eventually(() => socket.writableLength === 0);
    expect(requests[0]?.giveBack()).toBe(true);
    await ended;
    expect(seen.map((line) => line.slice(0, 24))).toEqual([
      ...['plain abcdef', 'node POST /mcp abcdef', 'node POST /mcp next', 'node POST /other xxxxxxx'],
      'node GET /last ',
    ]);
    expect(bodies(said())).toEqual(['node', 'node', 'node', 'node']);
  });

  it('need not have come whole, and its body is told to nobody any more', async () => {
    const requests: PlainRequest[] = [];
    const { port, seen } = await start((request, _response, told) => {
      requests.push(request);
      request.takeBody((body) => told.push(`plain ${String(body)}`));
    });
    const { socket, ended } = await client(port);
    socket.write('POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nab');
    await eventually(() => requests.length === 1);
    expect(requests[0]?.giveBack()).toBe(true);
    socket.write(`cdef${LAST}`);
    await ended;
    expect(seen).toEqual(['node POST /mcp abcdef', 'node GET /last ']);
  });

  it('is given back once, and what is said to it then goes nowhere', async () => {
    const again: boolean[] = [];
    const { port, seen } = await start(
      withBody((request, response) => {
        response.setHeader('x-ours', 'yes');
        again.push(request.giveBack(), request.giveBack());
        answer(response);
        response.flushHeaders();
        response.destroy();
      }),
    );
    const { socket, said, ended } = await client(port);
    socket.write(post('once') + LAST);
    await ended;
    expect(again).toEqual([true, false]);
    expect(seen).toEqual(['plain once', 'node POST /mcp once', 'node GET /last ']);
    expect(bodies(said())).toEqual(['node', 'node']);
    expect(said()).not.toContain('x-ours');
  });

  it('cannot be, once its answer has begun, its body was let go or its client is gone', async () => {
    const tried: [string, boolean][] = [];
    const waiting: string[] = [];
    const { port, seen } = await start(
      withBody((request, response, body = '') => {
        if (body === 'gone') {
          response.once('close', () => tried.push([body, request.giveBack()]));
          waiting.push(body);
          return;
        }
        response.writeHead(200, { 'content-length': 5 });
        tried.push([body, request.giveBack()]);
        response.end('plain');
        tried.push([body, request.giveBack()]);
      }),
    );
    const first = await client(port);
    first.socket.write(post('begun'));
    await eventually(() => first.said().endsWith('plain'));
    const second = await client(port);
    second.socket.write(post('gone'));
    await eventually(() => waiting.length === 1);
    second.socket.destroy();
    await eventually(() => tried.length === 3);
    expect(tried).toEqual([
      ['begun', false],
      ['begun', false],
      ['gone', false],
    ]);
    expect(seen).toEqual(['plain begun', 'plain gone']);
  });

  it('cannot be when nobody wanted its body', async () => {
    const tried: boolean[] = [];
    const { port } = await start((request, response) => {
      request.resume();
      tried.push(request.giveBack());
      answer(response);
    });
    const { socket, said } = await client(port);
    socket.write(post('lost'));
    await eventually(() => said().endsWith('plain'));
    expect(tried).toEqual([false]);
  });

  it('was too slow before: whoever was told so is told nothing else', async () => {
    const requests: PlainRequest[] = [];
    const { port, seen } = await start(
      (request) => {
        requests.push(request);
        request.takeBody(() => undefined);
      },
      { headersTimeout: 900, requestTimeout: 900, keepAliveTimeout: 900 },
    );
    const { socket, said } = await client(port);
    socket.write('POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nab');
    await eventually(() => said().includes('408'));
    expect(requests[0]?.giveBack()).toBe(false);
    expect(seen).toEqual([]);
  });
});
