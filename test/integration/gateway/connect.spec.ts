import { CLIENTS } from '../../../src/gateway';
import { BOOTSTRAP_KEY, World } from './world';

const BASE = 'http://localhost:8080';

describe('GET /api/v1/mcp/connect', () => {
  let world: World;

  beforeAll(async () => {
    world = await World.start();
    const id = await world.instance({ name: 'docs_search' });
    await world.report(id, 'running', null);
    const endpoint = { name: 'chosen', instances: ['docs_search'] };
    expect((await world.request('POST', '/api/v1/mcp/endpoints', endpoint)).status).toBe(201);
  }, 120_000);

  afterAll(() => world.stop());

  it.each([
    ['all', '/mcp', 'quayside-all'],
    ['docs_search', '/servers/docs_search/mcp', 'quayside-docs-search'],
    ['instance:docs_search', '/servers/docs_search/mcp', 'quayside-docs-search'],
    ['chosen', '/endpoints/chosen/mcp', 'quayside-chosen'],
    ['endpoint:chosen', '/endpoints/chosen/mcp', 'quayside-chosen'],
  ])('leads every client to %s at %s', async (target, path, name) => {
    for (const { id } of CLIENTS) {
      const { status, body } = await world.get(`/api/v1/mcp/connect?target=${target}&client=${id}`);
      const text = JSON.stringify(body);
      expect([id, status, text.includes(`${BASE}${path}`), text.includes(name)]).toEqual([
        id,
        200,
        true,
        true,
      ]);
      expect(text).not.toContain(BOOTSTRAP_KEY);
    }
  });

  it('says which targets and clients there are not', async () => {
    expect((await world.get('/api/v1/mcp/connect?target=nobody&client=cursor')).status).toBe(404);
    expect((await world.get('/api/v1/mcp/connect?target=all&client=nobody')).status).toBe(422);
  });
});
