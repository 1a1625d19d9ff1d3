import { type RequestListener, type ServerResponse } from 'node:http';
import { connectMcp, type ConnectOptions, type McpSession } from '@app/mcp';
import { eventually, freePort } from '@app/testing';
import { type Call, json, olderServer, result, rpcError, text } from './odd-server';
import { Started } from './processes';

const PATIENCE_MS = 60_000;
jest.setTimeout(180_000);

describe('a server that misbehaves', () => {
  const started = new Started();
  afterAll(() => started.end());

  const connectTo = async (
    listener: RequestListener,
    more: Partial<ConnectOptions> = {},
  ): Promise<McpSession> => {
    const url = await started.server(listener);
    return connectMcp({ url: `${url}/mcp`, fetch, serverName: 'odd', timeoutMs: PATIENCE_MS, ...more });
  };
  const call = (session: McpSession, timeoutMs = PATIENCE_MS): Promise<object> =>
    session.callTool('x', {}, { timeoutMs });

  it('by never answering costs its caller the timeout, and is told to stop', async () => {
    let aborted = 0;
    const session = await connectTo(
      olderServer((_call, response) => {
        response.on('close', () => (aborted += 1));
      }),
    );

    await expect(call(session, 300)).rejects.toMatchObject({
      code: 'upstream_timeout',
      kind: 'timeout',
      started: true,
    });
    await eventually(() => {
      expect(aborted).toBe(1);
    });
  });

  it('is left by a caller who gives up', async () => {
    let arrived = 0;
    let aborted = 0;
    const session = await connectTo(
      olderServer((_call, response) => {
        arrived += 1;
        response.on('close', () => (aborted += 1));
      }),
    );
    const controller = new AbortController();
    const pending = session.callTool('x', {}, { signal: controller.signal });
    const fails = expect(pending).rejects.toThrow('enough');
    await eventually(() => {
      expect(arrived).toBe(1);
    });
    controller.abort(new Error('enough'));

    await fails;
    await eventually(() => {
      expect(aborted).toBe(1);
    });
  });

  it.each([
    [
      'drops the connection',
      (_: Call, response: ServerResponse) => response.destroy(),
      'upstream_unreachable',
    ],
    [
      'breaks off half-way',
      (_: Call, response: ServerResponse) => {
        response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '500' });
        response.write('{"jsonrpc"', () => response.destroy());
      },
      'upstream_unreachable',
    ],
    [
      'ends its stream before the result',
      (_: Call, response: ServerResponse) =>
        response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end(':\n\n'),
      'upstream_protocol_error',
    ],
    [
      'answers with HTML',
      (_: Call, response: ServerResponse) =>
        response.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>'),
      'upstream_protocol_error',
    ],
    [
      'answers with broken JSON',
      (_: Call, response: ServerResponse) =>
        response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"jsonrpc":'),
      'upstream_protocol_error',
    ],
    [
      'answers for another id',
      (it: Call, response: ServerResponse) => {
        json(response, { jsonrpc: '2.0', id: 999, result: text(it.method) });
      },
      'upstream_unreachable',
    ],
    [
      'answers in the wrong shape',
      (it: Call, response: ServerResponse) => {
        json(response, result(it, { content: 'text' }));
      },
      'upstream_protocol_error',
    ],
    [
      'redirects',
      (_: Call, response: ServerResponse) =>
        response.writeHead(307, { Location: 'http://127.0.0.1:1/' }).end(),
      'upstream_protocol_error',
    ],
    [
      'fails with 500',
      (_: Call, response: ServerResponse) => response.writeHead(500).end(),
      'upstream_unreachable',
    ],
    [
      'refuses',
      (it: Call, response: ServerResponse) => {
        json(response, rpcError(it, -32000, 'Not today'));
      },
      'upstream_refused',
    ],
    [
      'knows no such tool',
      (it: Call, response: ServerResponse) => {
        json(response, rpcError(it, -32602, 'Unknown tool: x'));
      },
      'tool_unknown',
    ],
  ])('and %s gets an error of its own', async (_what, answer, code) => {
    const session = await connectTo(olderServer(answer));
    await expect(call(session)).rejects.toMatchObject({ code, upstream: { server_name: 'odd' } });
  });

  it('by sending more than 16 MiB is cut off', async () => {
    const session = await connectTo(
      olderServer((_call, response) => {
        response.writeHead(200, { 'Content-Type': 'application/json' });
        const chunk = Buffer.alloc(1024 * 1024, 0x20);
        const more = (): void => {
          if (!response.destroyed) response.write(chunk, more);
        };
        more();
      }),
    );
    await expect(call(session)).rejects.toMatchObject({ code: 'upstream_protocol_error' });
  });

  it('by answering twice is heard once', async () => {
    const session = await connectTo(
      olderServer((it, response) => {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        for (const words of ['first', 'second'])
          response.write(`data: ${JSON.stringify(result(it, text(words)))}\n\n`);
        response.end();
      }),
    );
    expect(await call(session)).toMatchObject(text('first'));
  });

  it('by listing without end is stopped', async () => {
    const session = await connectTo(
      olderServer((it, response) => {
        json(response, result(it, { tools: [], nextCursor: `${it.params?.cursor ?? ''}x` }));
      }),
    );
    await expect(session.listTools()).rejects.toMatchObject({ code: 'upstream_protocol_error' });
  });

  it('by asking for what was not offered is refused and still heard', async () => {
    const refusals: unknown[] = [];
    const url = await started.server((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const message = JSON.parse(Buffer.concat(chunks).toString()) as Call & { error?: { code: number } };
        if (message.error !== undefined) refusals.push(message.error.code);
        if (message.method === 'initialize') {
          const about = {
            protocolVersion: '2025-06-18',
            capabilities: {},
            serverInfo: { name: 'odd', version: '1' },
          };
          json(response, result(message, about));
        } else if (message.method === 'tools/call') {
          response.writeHead(200, { 'Content-Type': 'text/event-stream' });
          response.write(
            'data: {"jsonrpc":"2.0","id":"s1","method":"sampling/createMessage","params":{}}\n\n',
          );
          response.end(`data: ${JSON.stringify(result(message, text('done')))}\n\n`);
        } else response.writeHead(message.method === 'server/discover' ? 400 : 202).end();
      });
    });
    const session = await connectMcp({ url, fetch, timeoutMs: PATIENCE_MS });

    expect(await call(session)).toMatchObject(text('done'));
    await eventually(() => {
      expect(refusals).toEqual([-32601]);
    });
  });

  it.each([
    [503, '7', 7],
    [429, 'garbage', 1],
  ])('with %i says when to come back', async (status, header, retryAfterS) => {
    const session = await connectTo(
      olderServer((_call, response) => response.writeHead(status, { 'Retry-After': header }).end()),
    );
    await expect(call(session)).rejects.toMatchObject({ code: 'upstream_busy', retryAfterS, started: false });
  });

  it('by not being there says which layer failed', async () => {
    const url = `http://127.0.0.1:${await freePort()}/mcp`;
    await expect(connectMcp({ url, fetch })).rejects.toMatchObject({
      code: 'upstream_unreachable',
      layer: 'tcp',
      started: false,
    });
    await expect(connectMcp({ url: 'http://no-such-host.invalid/mcp', fetch })).rejects.toMatchObject({
      layer: 'dns',
    });
  });

  it('at one address is found at the next', async () => {
    const dead = `http://127.0.0.1:${await freePort()}/mcp`;
    const alive = `${await started.server(
      olderServer((it, response) => {
        json(response, result(it, text('ok')));
      }),
    )}/mcp`;
    const session = await connectMcp({ urls: [dead, alive], fetch, timeoutMs: PATIENCE_MS });
    expect(session.url).toBe(alive);
  });
});
