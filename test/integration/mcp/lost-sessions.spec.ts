import { type RequestListener } from 'node:http';
import { connectMcp, type ConnectOptions, type McpSession } from '@app/mcp';
import { json, olderServer, result, rpcError, text } from './odd-server';
import { Started } from './processes';

const PATIENCE_MS = 60_000;
jest.setTimeout(180_000);

const started = new Started();
afterAll(() => started.end());

const connectTo = async (
  listener: RequestListener,
  more: Partial<ConnectOptions> = {},
): Promise<McpSession> => {
  const url = await started.server(listener);
  return connectMcp({ url: `${url}/mcp`, fetch, serverName: 'odd', timeoutMs: PATIENCE_MS, ...more });
};
const call = (session: McpSession): Promise<object> => session.callTool('x', {});

describe('a server that loses its sessions', () => {
  it.each([404, 400])(
    'with %i costs one handshake for all callers, and each call runs once',
    async (status) => {
      let current = 'session-1';
      let handshakes = 0;
      let executed = 0;
      const session = await connectTo(
        olderServer(
          (it, response, request) => {
            if (request.headers['mcp-session-id'] !== current) {
              json(response, rpcError(it, -32000, 'Bad Request: No valid session ID provided'), status);
              return;
            }
            executed += 1;
            json(response, result(it, text('ok')));
          },
          () => {
            handshakes += 1;
            return current;
          },
        ),
      );
      await call(session);
      // The handshake asks for an id at every request of the fixture; count from here on by the session's change.
      current = 'session-2';
      const before = executed;
      const answers = await Promise.all(Array.from({ length: 10 }, () => call(session)));

      expect(answers).toHaveLength(10);
      expect(executed - before).toBe(10);
      expect(handshakes).toBe(2);
    },
  );

  it('again and again is given up', async () => {
    const session = await connectTo(
      olderServer(
        (_call, response) => response.writeHead(404).end(),
        () => 'never-known',
      ),
    );
    await expect(call(session)).rejects.toMatchObject({ code: 'upstream_protocol_error', started: false });
  });
});

describe('a server that refuses a token', () => {
  const guarded = (accepted: () => string): RequestListener => {
    const inner = olderServer((it, response) => {
      json(response, result(it, text('in')));
    });
    return (request, response) => {
      if (request.headers.authorization === accepted()) inner(request, response);
      else response.writeHead(401, { 'WWW-Authenticate': 'Bearer' }).end();
    };
  };

  it('is given a fresh token once after 401', async () => {
    let valid = 'Bearer one';
    let token = 'Bearer one';
    const renewals: unknown[] = [];
    const session = await connectTo(
      guarded(() => valid),
      {
        auth: {
          authorization: () => Promise.resolve(token),
          renew: (rejected) => {
            renewals.push(rejected);
            token = 'Bearer two';
            return Promise.resolve(token);
          },
        },
      },
    );
    valid = 'Bearer two';

    expect(await call(session)).toMatchObject(text('in'));
    expect(renewals).toEqual(['Bearer one']);
  });

  it('is not asked a third time', async () => {
    let asked = 0;
    const listener: RequestListener = (_request, response) => {
      asked += 1;
      response.writeHead(401).end();
    };
    const auth = {
      authorization: () => Promise.resolve('Bearer a'),
      renew: () => Promise.resolve('Bearer b'),
    };
    await expect(connectTo(listener, { auth })).rejects.toMatchObject({
      code: 'upstream_auth_failed',
      layer: 'auth',
    });
    expect(asked).toBe(2);
  });
});
