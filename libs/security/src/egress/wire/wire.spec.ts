import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type OutboundController } from '../outbound-request';
import { Wire } from './wire';

const OPTIONS = { connectTimeoutMs: 2_000, connectionsPerHost: 2, readBufferBytes: 16 };

interface Told {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** A server of bytes: what it says to each request is given, in pieces. */
class Script {
  readonly requests: string[] = [];
  connections = 0;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  constructor(private readonly answer: (socket: Socket, request: string) => void) {
    this.server = createServer((socket) => {
      this.connections += 1;
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => {
        const text = bytes.toString('latin1');
        this.requests.push(text);
        this.answer(socket, text);
      });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }
}

function ask(wire: Wire, origin: string, headers: string[] = [], body: Buffer | null = null): Promise<Told> {
  return new Promise((resolve, reject) => {
    let [status, text] = [0, ''];
    let seen: Readonly<Record<string, unknown>> = {};
    wire.dispatch(
      { origin, path: '/mcp?a=1' },
      { method: 'POST', headers, body },
      {
        onResponseStart: (_controller, code, got) => {
          [status, seen] = [code, got];
        },
        onResponseData: (_controller, chunk) => {
          text += chunk.toString('latin1');
        },
        onResponseEnd: () => {
          resolve({ status, headers: seen, body: text });
        },
        onResponseError: (_controller, error) => {
          reject(error);
        },
      },
    );
  });
}

describe('requests over bare connections', () => {
  let wire: Wire;
  const scripts: Script[] = [];
  const serve = async (answer: (socket: Socket, request: string) => void): Promise<[Script, string]> => {
    const script = new Script(answer);
    scripts.push(script);
    return [script, await script.listen()];
  };
  const serveText = (text: string) => serve((socket) => socket.write(text, 'latin1'));

  beforeEach(() => {
    wire = new Wire(OPTIONS);
  });
  afterEach(() => {
    wire.close();
    for (const script of scripts.splice(0)) script.close();
  });

  it('are written as they are, and their connection is used again', async () => {
    const [script, origin] = await serveText('HTTP/1.1 200 OK\r\nX-Told: yes\r\nContent-Length: 2\r\n\r\nok');
    expect(await ask(wire, origin, ['x-sent', 'à'], Buffer.from('{"a":"ü"}'))).toEqual({
      status: 200,
      headers: { 'x-told': 'yes', 'content-length': '2' },
      body: 'ok',
    });
    await ask(wire, origin, [], Buffer.alloc(20_000, 'x'));
    await ask(wire, origin);
    expect(script.connections).toBe(1);
    const host = origin.slice('http://'.length);
    expect(Buffer.from(script.requests[0] ?? '', 'latin1').toString()).toBe(
      `POST /mcp?a=1 HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\nx-sent: \uFFFD\r\ncontent-length: 10\r\n\r\n{"a":"ü"}`,
    );
  });

  it.each([
    [
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=1\r\nabc\r\n0A\r\n0123456789\r\n0\r\nTrailer: 1\r\n\r\n',
      'abc0123456789',
    ],
    ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc', 'abc'],
    ['HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n', ''],
    ['HTTP/1.1 204 No Content\r\n\r\n', ''],
  ])('are answered the same in one piece or byte by byte: %j', async (text, body) => {
    const [, whole] = await serveText(text);
    const [, dripping] = await serve((socket) => {
      let at = 0;
      const drip = (): void => {
        if (at < text.length) socket.write(text[at++] ?? '', 'latin1', drip);
      };
      drip();
    });
    for (const origin of [whole, dripping]) expect((await ask(wire, origin)).body).toBe(body);
  });

  it.each([
    ['both framings', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n'],
    ['a length that is no number', 'HTTP/1.1 200 OK\r\ncontent-length: 0x1\r\n\r\n'],
    ['an unknown coding', 'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n'],
    ['a line feed alone', 'HTTP/1.1 200 OK\r\na: b\nc: d\r\ncontent-length: 0\r\n\r\n'],
    ['a folded header', 'HTTP/1.1 200 OK\r\na: b\r\n c: d\r\ncontent-length: 0\r\n\r\n'],
    ['a space before the colon', 'HTTP/1.1 200 OK\r\na : b\r\ncontent-length: 0\r\n\r\n'],
    ['no status', 'HTTP/1.1 abc\r\n\r\n'],
    ['another protocol', 'SSH-2.0-x\r\n\r\n'],
    ['a chunk without a size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'],
    [
      'a chunk that is longer than it said',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nab\r\n',
    ],
    ['an upgrade', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n'],
    ['a head without end', `HTTP/1.1 200 OK\r\na: ${'b'.repeat(40_000)}`],
  ])('fail at %s', async (_what, text) => {
    const [, origin] = await serveText(text);
    await expect(ask(wire, origin)).rejects.toMatchObject({ code: /^(?:HPE_|UND_ERR_)/ });
  });

  it('get nothing of what a server says behind an answer or unasked', async () => {
    const [script, origin] = await serveText(
      'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil',
    );
    for (let time = 0; time < 3; time += 1) expect((await ask(wire, origin)).body).toBe('ok');
    expect(script.connections).toBe(3);
  });

  it('end with the connection where the answer does, and fail where it was to go on', async () => {
    const [, ending] = await serve((socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nall of it'));
    expect((await ask(wire, ending)).body).toBe('all of it');
    const [, broken] = await serve((socket) =>
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf'),
    );
    await expect(ask(wire, broken)).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
    const [, silent] = await serve((socket) => socket.end());
    await expect(ask(wire, silent)).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
    const [script, closing] = await serveText(
      'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n',
    );
    await ask(wire, closing);
    await ask(wire, closing);
    expect(script.connections).toBe(2);
  });

  it('fail before they leave when nobody listens, or when they would be more than one request', async () => {
    const [script, origin] = await serveText('');
    script.close();
    await expect(ask(wire, origin)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    for (const headers of [
      ['x-a', 'b\r\nx-c: d'],
      ['x a', 'b'],
      ['content-length', '3'],
      ['x-a', '\u4e2d'],
    ])
      await expect(ask(wire, origin, headers)).rejects.toMatchObject({ code: 'UND_ERR_INVALID_ARG' });
  });

  it('wait for one of few connections, each answered with its own answer', async () => {
    const [script, origin] = await serve((socket, request) => {
      const id = /x-id: (\d+)/.exec(request)?.[1] ?? '';
      setImmediate(() => socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${id.length}\r\n\r\n${id}`));
    });
    const ids = Array.from({ length: 50 }, (_, at) => String(at));
    const told = await Promise.all(ids.map((id) => ask(wire, origin, ['x-id', id])));
    expect(told.map(({ body }) => body)).toEqual(ids);
    expect(script.connections).toBeLessThanOrEqual(2);
  });

  it('can be given up at any time, and say so once', async () => {
    const [, origin] = await serveText('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nsome');
    const reasons: string[] = [];
    await new Promise<void>((resolve) => {
      let controller: OutboundController | undefined;
      wire.dispatch(
        { origin, path: '/' },
        { method: 'GET', headers: [], body: null },
        {
          onRequestStart: (given) => {
            controller = given;
          },
          onResponseData: () => {
            controller?.abort(new Error('enough'));
            controller?.abort(new Error('again'));
          },
          onResponseError: (_controller, { message }) => {
            reasons.push(message);
            setImmediate(resolve);
          },
        },
      );
    });
    expect(reasons).toEqual(['enough']);
  });

  it('show what they read to whoever wants to put it elsewhere, and say when they are done with the request', async () => {
    const [, origin] = await serve((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 40\r\n\r\n${'abcdefghij'.repeat(4)}`);
    });
    const whole = Buffer.alloc(40);
    const told: string[] = [];
    let at = 0;
    await new Promise<void>((resolve, reject) => {
      wire.dispatch(
        { origin, path: '/' },
        { method: 'POST', headers: [], body: Buffer.from('{}') },
        {
          onResponseData: () => told.push('data'),
          onResponseView: (_controller, view) => {
            at += view.copy(whole, at);
          },
          onRequestSpent: () => told.push(`spent after ${at}`),
          onResponseEnd: () => {
            told.push('end');
            resolve();
          },
          onResponseError: (_controller, error) => {
            reject(error);
          },
        },
      );
    });
    expect(told).toEqual(['spent after 40', 'end']);
    expect(whole.toString()).toBe('abcdefghij'.repeat(4));
  });

  it('stop reading while they are paused', async () => {
    const bytes = 8 * 1_024 * 1_024;
    const [, origin] = await serve((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${bytes}\r\n\r\n`);
      socket.write(Buffer.alloc(bytes));
    });
    const wide = new Wire({ ...OPTIONS, readBufferBytes: 64 * 1_024 });
    const got = { bytes: 0 };
    await new Promise<void>((resolve, reject) => {
      wide.dispatch(
        { origin, path: '/' },
        { method: 'GET', headers: [], body: null },
        {
          onResponseData: (controller, chunk) => {
            got.bytes += chunk.length;
            if (controller.paused) reject(new Error('it went on while it was paused'));
            controller.pause();
            setImmediate(() => {
              controller.resume();
            });
          },
          onResponseEnd: () => {
            resolve();
          },
          onResponseError: (_controller, error) => {
            reject(error);
          },
        },
      );
    });
    expect(got.bytes).toBe(bytes);
    wide.close();
  });
});
