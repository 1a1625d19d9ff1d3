import { randomUUID } from 'node:crypto';
import { type ClientRequest, type IncomingMessage } from 'node:http';
import { MALFORMED, STRANGE_HEADERS } from './corpus';
import { type FaceAnswer, type FaceClient } from './face-client';
import { FaultStage } from './fault-stage';

const MEBIBYTE = 1_048_576;
/** More than any face takes in one message. */
const OVERSIZED_BYTES = 128 * MEBIBYTE;
const GROWTH_MAX_BYTES = 384 * MEBIBYTE;
const HEADER_MISMATCH = -32_020;
/** Fewer than a server takes at once, so that all of them are under way together. */
const CLIENTS = 24;
const ROUNDS = 8;

const FACES = (['older', 'newer'] as const).flatMap((era) =>
  [`/servers/good-${era}/mcp`, `/endpoints/good-${era}/mcp`, '/mcp'].map((path) => [path, era] as const),
);

describe('what clients send', () => {
  const stage = new FaultStage();
  beforeAll(() => stage.start(), 180_000);
  afterEach(() => stage.expectUnharmed());
  afterAll(() => stage.stop());

  /** The name by which this face offers the echo of the good servers. */
  const echoOf = async (client: FaceClient): Promise<string> => {
    const { messages } = await client.send('tools/list', {});
    const tools = messages.at(-1)?.result?.['tools'] as { name: string }[];
    return tools.find(({ name }) => name.endsWith('echo'))?.name ?? 'none';
  };

  describe.each(FACES)('to %s in the %s era', (path, era) => {
    it('may be malformed: refused without a 5xx, and the connection goes on working', async () => {
      const client = await stage.begun(path, era);
      const tool = await echoOf(client);
      for (const [what, body] of Object.entries(MALFORMED)) {
        const mirrored = client.mirrored('tools/call', { name: tool });
        const answer = await client.post(body, mirrored);
        expect([what, answer.status >= 500 ? answer.text : '']).toEqual([what, '']);
        const next = await client.call(tool, { message: what });
        expect([what, next.messages.at(-1)?.result?.content?.[0]?.text]).toEqual([what, what]);
        expect([what, next.localPort]).toEqual([what, answer.localPort]);
      }
    });

    it('may have strange headers: no 5xx, and the connection goes on working', async () => {
      const client = await stage.begun(path, era);
      const tool = await echoOf(client);
      const params = { name: tool, arguments: { message: 'strange' } };
      for (const [what, headers] of Object.entries(STRANGE_HEADERS)) {
        const mirrored = client.mirrored('tools/call', params);
        const answer = await client.post(client.message('tools/call', params, 1), {
          ...mirrored,
          ...headers,
        });
        expect([what, answer.status >= 500 ? answer.text : '']).toEqual([what, '']);
        const next = await client.call(tool, { message: what });
        expect([what, next.messages.at(-1)?.result?.content?.[0]?.text]).toEqual([what, what]);
      }
    });

    it('may be larger than anybody reads: refused before its end, with flat memory', async () => {
      const client = await stage.begun(path, era);
      const before = process.memoryUsage().rss;
      const headers = client.mirrored('tools/call', { name: 'echo' });
      const { sent, status } = await pour(client.open('POST', headers, OVERSIZED_BYTES));
      expect(status).toBe(413);
      expect(sent).toBeLessThan(OVERSIZED_BYTES / 2);
      expect(process.memoryUsage().rss - before).toBeLessThan(GROWTH_MAX_BYTES);
    });
  });

  it.each(FACES)('may have the ids of others: answers never cross (%s, %s era)', async (path, era) => {
    const clients = await Promise.all(Array.from({ length: CLIENTS }, () => stage.begun(path, era)));
    const [first] = clients as [FaceClient];
    const tool = (await echoOf(first)).replace(/echo$/, 'gather');
    for (let round = 0; round < ROUNDS; round += 1) {
      const answers = await Promise.all(
        clients.map(async (client, at) => {
          const message = `round ${round}, client ${at}`;
          const answer = await client.call(tool, { of: CLIENTS, message }, { id: 1 });
          const { id, result } = answer.messages.at(-1) ?? {};
          return [id, result?.content?.[0]?.text === message];
        }),
      );
      expect(answers).toEqual(clients.map(() => [1, true]));
    }
  });

  describe('in the newer era', () => {
    const WRONG: Readonly<Record<string, Record<string, string | undefined>>> = {
      'another method': { 'mcp-method': 'tools/list' },
      'no method': { 'mcp-method': undefined },
      'another name': { 'mcp-name': 'gather' },
      'no name': { 'mcp-name': undefined },
      'the name in other letters': { 'mcp-name': 'ACT' },
      'an encoded other name': { 'mcp-name': `=?base64?${Buffer.from('echo').toString('base64')}?=` },
      'an older revision': { 'mcp-protocol-version': '2025-11-25' },
    };
    const CASES = FACES.filter(([, era]) => era === 'newer').flatMap(([path]) =>
      Object.entries(WRONG).map(([what, headers]) => [path, what, headers] as const),
    );

    it.each(CASES)('headers must agree with the body: %s, %s', async (path, _what, headers) => {
      const client = await stage.begun(path, 'newer');
      const key = randomUUID();
      const tool = (await echoOf(client)).replace(/echo$/, 'act');
      const params = { name: tool, arguments: { how: 'drips its answer', key } };
      const body = client.message('tools/call', params, 1);
      const answer = await client.post(body, { ...client.mirrored('tools/call', params), ...headers });
      expect([answer.status, answer.messages.at(-1)?.error?.code]).toEqual([400, HEADER_MISMATCH]);
      expect(stage.servers.executed(key)).toBe(0);
    });
  });

  describe('as a session', () => {
    const SESSION_FACES = ['/servers/good-older/mcp', '/endpoints/good-older/mcp', '/mcp'];

    it.each(SESSION_FACES)('is known to its owner, at its place, as long as it lasts: %s', async (path) => {
      const owner = await stage.begun(path, 'older');
      const session = owner.session ?? '';
      const { key } = await stage.world.issueKey('developer');
      const elsewhere = SESSION_FACES.find((other) => other !== path) ?? '';
      const ping = (client: FaceClient, id: string): Promise<FaceAnswer> => {
        client.session = id;
        return client.send('tools/list', {});
      };
      const half = Math.floor(session.length / 2);
      const flipped = `${session.slice(0, half)}${session[half] === 'A' ? 'B' : 'A'}${session.slice(half + 1)}`;
      const strangers: Readonly<Record<string, Promise<FaceAnswer>>> = {
        'another user': ping(stage.client(path, 'older', key), session),
        'another face': ping(stage.client(elsewhere, 'older'), session),
        'one bit': ping(stage.client(path, 'older'), flipped),
        'half of it': ping(stage.client(path, 'older'), session.slice(0, half)),
        rubbish: ping(stage.client(path, 'older'), 'rubbish'),
        'a guess': ping(stage.client(path, 'older'), randomUUID()),
        'a long one': ping(stage.client(path, 'older'), 'A'.repeat(4_000)),
      };
      for (const [what, answer] of Object.entries(strangers))
        expect([what, (await answer).status]).toEqual([what, 404]);
      expect((await ping(owner, session)).status).toBe(200);

      const { status } = await owner.exchange('DELETE', undefined);
      expect([200, 202, 204]).toContain(status);
      expect((await ping(owner, session)).status).toBe(404);
    });

    it.each(SESSION_FACES)('must be named: %s', async (path) => {
      const client = stage.client(path, 'older');
      expect((await client.send('tools/list', {})).status).toBe(400);
    });
  });
});

/** Writes until an answer comes; how much was taken by then. */
function pour(asked: ClientRequest): Promise<{ sent: number; status: number }> {
  const chunk = Buffer.alloc(MEBIBYTE, 'x');
  let sent = 0;
  return new Promise((resolve) => {
    const finish = (status: number): void => {
      asked.destroy();
      resolve({ sent, status });
    };
    const more = (): void => {
      if (asked.destroyed || sent >= OVERSIZED_BYTES) return;
      sent += chunk.length;
      asked.write(chunk, more);
    };
    asked.on('response', ({ statusCode }: IncomingMessage) => {
      finish(statusCode ?? 0);
    });
    asked.on('error', () => {
      finish(0);
    });
    more();
  });
}
