import { eventually } from '@app/testing';
import { call, FaceWorld } from './face-world';
import { sendJson } from './scripted-upstream';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const URI = 'test://note';
const WAIT = { deadlineMs: 60_000 };

interface Row {
  readonly method: string;
  readonly target: string;
  readonly outcome: string;
  readonly server_name: string | null;
  readonly trace_id: string;
}

/** What is read over REST is accounted for and traced like what is called. */
describe('what is read over REST', () => {
  const faces = new FaceWorld();
  const { older } = faces;

  beforeAll(() => faces.start(), 180_000);
  beforeEach(() => {
    faces.forget();
    older.script = ({ message: { method, id, params } }, response) => {
      if (method === 'resources/read' && params?.uri === URI) {
        sendJson(response, { id, result: { contents: [{ uri: URI, text: 'noted' }] } });
        return true;
      }
      if (method === 'resources/read') sendJson(response, { id, error: { code: -32_002, message: 'none' } });
      return method === 'resources/read';
    };
  });
  afterAll(() => faces.stop());

  const read = (uri: string): Promise<Response> =>
    faces.send('/api/v1/mcp/resources/read', {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-01` },
      body: JSON.stringify({ server_name: 'older', uri }),
    });

  it('leaves a record of each reading, and stays in its trace', async () => {
    expect((await read(URI)).status).toBe(200);
    expect((await read('test://nothing')).status).toBe(404);
    const [heard] = older.messages('resources/read');
    const meta = heard?.message.params?._meta as { traceparent?: string } | undefined;
    expect(meta?.traceparent).toContain(TRACE_ID);
    await eventually(async () => {
      const rows = await faces.world.truth.db.query<Row>(
        `SELECT method, target, outcome, server_name, trace_id FROM mcp_call WHERE method = 'resources/read' ORDER BY at`,
      );
      const about = { method: 'resources/read', server_name: 'older', trace_id: TRACE_ID };
      expect(rows).toEqual([
        { ...about, target: URI, outcome: 'ok' },
        { ...about, target: 'test://nothing', outcome: 'refused' },
      ]);
    }, WAIT);
  });

  it.each(['/mcp', '/servers/older/mcp'])('has a name on %s too, the one it came with', async (path) => {
    const answer = await faces.send(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', 'x-request-id': 'mine' },
      body: JSON.stringify(call(1)),
    });
    expect(answer.headers.get('x-request-id')).toBe('mine');
  });
});
