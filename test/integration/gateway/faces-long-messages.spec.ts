import { call, FaceWorld, initializeParams } from './face-world';
import { type Heard, sendJson } from './scripted-upstream';

const SESSIONS = 6;
const ROUNDS = 12;
/** Under and over what one read holds, and beyond what is gathered. */
const LENGTHS = [20_000, 66_000, 130_000, 240_000, 300_000];

/** Of one call, and of no other. */
const textOf = (id: number): string =>
  `${id}.`.repeat(LENGTHS[id % LENGTHS.length] ?? 0).slice(0, LENGTHS[id % LENGTHS.length]);
const longCall = (id: number) => ({ ...call(id), params: { name: 'echo', arguments: { text: textOf(id) } } });
const echoOf = ({ id, params }: Heard['message']) => {
  const { text } = params?.['arguments'] as { readonly text: string };
  return { id, result: { content: [{ type: 'text', text }] } };
};

describe('long messages on the relay', () => {
  const faces = new FaceWorld();
  const { older } = faces;

  beforeAll(() => faces.start(), 180_000);
  beforeEach(() => {
    faces.forget();
  });
  afterAll(() => faces.stop());

  const begin = (params: object) =>
    faces.post('/servers/older/mcp', { id: 0, method: 'initialize', params }).then(({ headers }) => ({
      'mcp-session-id': headers.get('mcp-session-id') ?? '',
      'mcp-protocol-version': '2025-11-25',
    }));

  it.each(['with a length', 'in chunks'])('stay their own, many at a time: answers %s', async (how) => {
    older.script = ({ message }, response) => {
      if (message.method !== 'tools/call') return false;
      const answer = JSON.stringify({ jsonrpc: '2.0', ...echoOf(message) });
      const length = how === 'in chunks' ? {} : { 'content-length': Buffer.byteLength(answer) };
      response.writeHead(200, { 'content-type': 'application/json', ...length }).end(answer);
      return true;
    };
    const sessions = await Promise.all(Array.from({ length: SESSIONS }, () => begin(initializeParams)));
    const talk = async (session: Record<string, string>, first: number): Promise<void> => {
      for (let id = first; id < first + ROUNDS; id += 1) {
        const { status, body } = await faces.post('/servers/older/mcp', longCall(id), session);
        expect(status).toBe(200);
        // Compared as a whole: a report of what differs would be longer than anybody reads.
        expect(JSON.stringify(body) === JSON.stringify({ jsonrpc: '2.0', ...echoOf(longCall(id)) })).toBe(
          true,
        );
      }
    };
    await Promise.all(sessions.map((session, index) => talk(session, 1_000 * (index + 1))));
    const heard = older.messages('tools/call').map(({ message }) => message);
    expect(heard).toHaveLength(SESSIONS * ROUNDS);
    expect(
      heard.filter(
        ({ id, params }) =>
          echoOf({ id, params: params ?? {} }).result.content[0]?.text !== textOf(Number(id)),
      ),
    ).toEqual([]);
  });

  it('are sent again whole where a session was lost', async () => {
    older.script = ({ message, headers }, response) => {
      if (message.method !== 'tools/call') return false;
      if (!older.sessions.has(String(headers['mcp-session-id']))) return false;
      sendJson(response, echoOf(message));
      return true;
    };
    const session = await begin(initializeParams);
    expect((await faces.post('/servers/older/mcp', longCall(1), session)).status).toBe(200);
    older.sessions.clear();
    const { body } = await faces.post('/servers/older/mcp', longCall(2), session);
    expect(JSON.stringify(body) === JSON.stringify({ jsonrpc: '2.0', ...echoOf(longCall(2)) })).toBe(true);
  });

  it.each([
    ['short', initializeParams],
    ['long', { ...initializeParams, clientInfo: { ...initializeParams.clientInfo, title: 'ü'.repeat(400) } }],
  ])('begin a lost session with what it began with: %s', async (_how, params) => {
    const session = await begin(params);
    older.sessions.clear();
    older.heard.length = 0;
    expect((await faces.post('/servers/older/mcp', call(1), session)).status).toBe(200);
    expect(older.messages('initialize').map(({ message }) => message.params)).toEqual([params]);
  });
});
