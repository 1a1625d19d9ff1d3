import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { BOOTSTRAP_KEY } from '../world';
import { FaultStage } from './fault-stage';

const SLOW_SOCKETS = 64;
const IDLE_STREAMS = 1_000;
/** Streams of one session: one client would hardly open more. */
const STREAMS_PER_SESSION = 4;
const FACES = (['older', 'newer'] as const).flatMap((era) =>
  [`/servers/good-${era}/mcp`, `/endpoints/good-${era}/mcp`].map((path) => [path, era] as const),
);

describe('clients that misbehave', () => {
  const stage = new FaultStage();
  beforeAll(() => stage.start(), 180_000);
  afterEach(() => stage.expectUnharmed());
  afterAll(() => stage.stop());

  it.each(FACES)('go away, and the server is told: %s, %s era', async (path, era) => {
    for (const how of ['hangs', 'hangs in its stream'] as const) {
      const client = await stage.begun(path, era);
      const key = randomUUID();
      const params = { name: 'act', arguments: { how, key } };
      const body = Buffer.from(JSON.stringify(client.message('tools/call', params, 7)));
      const asked = client.open('POST', client.mirrored('tools/call', params), body.length);
      asked.on('error', () => undefined);
      asked.end(body);
      await stage.servers.takes(key);
      asked.destroy();
      await stage.servers.loses(key);
      expect(stage.servers.executed(key)).toBe(1);
    }
  });

  it('send a byte now and then, and hold up nobody', async () => {
    const { port } = new URL(stage.base);
    const sockets = await Promise.all(Array.from({ length: SLOW_SOCKETS }, () => opened(Number(port))));
    const starts = [
      'POST /mcp HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: ',
      `POST /mcp HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${BOOTSTRAP_KEY}\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n{"jsonrpc":`,
      'GE',
    ];
    for (const [at, socket] of sockets.entries()) socket.write(starts[at % starts.length] ?? '');
    for (let step = 0; step < 5; step += 1) {
      for (const socket of sockets) socket.write('x');
      await stage.expectUnharmed();
    }
    for (const socket of sockets) socket.destroy();
  });

  it.each(['/servers/good-older/mcp', '/endpoints/good-older/mcp'])(
    'listen by the thousand, and calls go on: %s',
    async (path) => {
      const streams: ClientRequest[] = [];
      while (streams.length < IDLE_STREAMS) {
        const client = await stage.begun(path, 'older');
        const more = Array.from({ length: STREAMS_PER_SESSION }, () => client.lone('GET'));
        const answers = await Promise.all(more.map(answered));
        for (const answer of answers) expect([200, 409, 429, 503]).toContain(answer);
        streams.push(...more);
      }
      await stage.expectUnharmed();
      for (const stream of streams) stream.destroy();
    },
    120_000,
  );
});

async function opened(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined); // Being thrown out is what may happen to it.
  await once(socket, 'connect');
  return socket;
}

/** The status of a stream that stays open. */
async function answered(asked: ClientRequest): Promise<number> {
  asked.on('error', () => undefined);
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.resume();
  response.on('error', () => undefined);
  return response.statusCode ?? 0;
}
