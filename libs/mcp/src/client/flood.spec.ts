import { connectMcp } from './connect';
import { type McpFetch, type McpFetchAnswer } from './session';

const FLOOD = 1_000;
const answer = (status: number, type = '', text = ''): McpFetchAnswer => ({
  status,
  headers: new Headers(type === '' ? {} : { 'content-type': type }),
  body: text === '' ? null : new Blob([text]).stream(),
});
const INITIALIZED = JSON.stringify({
  jsonrpc: '2.0',
  id: 0,
  result: { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 'a', version: '1' } },
});
const QUESTIONS = Array.from(
  { length: FLOOD },
  (_, id) => `data: ${JSON.stringify({ jsonrpc: '2.0', id, method: 'roots/list' })}\n\n`,
).join('');

describe('a server that asks without end and takes no answer', () => {
  it('is answered by a bounded number of requests', async () => {
    let open = 0;
    let hasAsked: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      hasAsked = resolve;
    });
    async function* questions(): AsyncGenerator<Uint8Array, void, void> {
      yield await Promise.resolve(Buffer.from(QUESTIONS));
      // More is only asked for when all of this was heard.
      hasAsked();
    }
    const fetch: McpFetch = (_url, { method, body = '' }) => {
      if (method === 'GET')
        return Promise.resolve({ ...answer(200, 'text/event-stream'), body: questions() });
      if (body.includes('"initialize"')) return Promise.resolve(answer(200, 'application/json', INITIALIZED));
      if (body.includes('notifications/initialized')) return Promise.resolve(answer(202));
      open += 1;
      return new Promise(() => undefined);
    };
    const url = 'http://flood.example/mcp';
    const session = await connectMcp({ url, fetch, prefer: 'older', transport: 'streamable-http' });
    session.onListChanged(() => undefined);
    await asked;

    expect(open).toBeGreaterThan(0);
    expect(open).toBeLessThan(100);
    await session.close();
  });
});
