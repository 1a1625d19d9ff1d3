import { type ServerResponse } from 'node:http';
import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { eventually } from '@app/testing';
import { GrantStore, IdentityNotices } from '../../../src/identity';
import { FaceWorld, VERSION } from './face-world';
import { type Heard, sendJson } from './scripted-upstream';
import { Events } from './terminal/wire';

jest.setTimeout(180_000);

const WAIT = { deadlineMs: 60_000 };
const SESSION = 'one-for-all';
const TEMPLATE = { uriTemplate: 'test://note/{id}', name: 'note', mimeType: 'text/plain' };

/** What goes on after its caller was checked: streams of the faces, and what is known of who came. */
describe('open streams of the faces', () => {
  const faces = new FaceWorld();
  const { older } = faces;

  beforeAll(async () => {
    await faces.start();
    older.sessions.add(SESSION);
    older.script = stayOpen;
  }, 180_000);
  afterAll(() => faces.stop());

  const get = async (path: string, key?: string): Promise<Events> => {
    const headers = { ...(await faces.begin(path, key)), accept: 'text/event-stream' };
    return new Events(await faces.send(path, { headers, ...(key === undefined ? {} : { key }) }));
  };

  const listen = async (key: string): Promise<Events> => {
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': VERSION,
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const params = { notifications: { toolsListChanged: true }, _meta };
    const answer = await faces.send('/mcp', {
      method: 'POST',
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'subscriptions/listen', params }),
      headers: { 'mcp-protocol-version': VERSION, 'mcp-method': 'subscriptions/listen' },
      key,
    });
    return new Events(answer);
  };

  it('end when the key is revoked, and those of others stay', async () => {
    const { id, key } = await faces.world.issueKey('viewer');
    const { key: other } = await faces.world.issueKey('viewer');
    const streams = [await get('/mcp', key), await get('/servers/older/mcp', key), await listen(key)];
    const staying = ended(await get('/servers/older/mcp', other));
    await faces.world.truth.db.execute(`UPDATE api_key SET revoked_at = now() WHERE id = $1`, [id]);
    notices().publish('key', id);
    await Promise.all(streams.map((stream) => stream.all()));
    expect(staying.isEnded).toBe(false);
    expect((await faces.send('/mcp', { key, headers: { accept: 'text/event-stream' } })).status).toBe(401);
  });

  it('end when a server of theirs is closed to the caller', async () => {
    const { key } = await faces.world.issueKey('viewer');
    const streams = [await get('/mcp', key), await get('/servers/older/mcp', key)];
    const staying = ended(await get('/servers/older/mcp'));
    const [row] = await faces.world.truth.db.query<{ id: string }>(
      `SELECT id FROM instances WHERE name = 'older'`,
    );
    const grants = faces.world.app.get(GrantStore, { strict: false });
    const guarded = { workspaceId: DEFAULT_WORKSPACE_ID, type: 'instances', id: row?.id ?? '' } as const;
    const grant = { resourceType: 'instances', resourceId: guarded.id, permissions: ['tools:read'] } as const;
    await grants.replace(guarded, [{ ...grant, subjectKind: 'role', subject: 'operator' }], 'test');
    notices().publish('grant', guarded.id);
    await Promise.all(streams.map((stream) => stream.all()));
    expect(staying.isEnded).toBe(false);
    await grants.forget(guarded);
    notices().publish('grant', guarded.id);
  });

  it('tell who came, and how far it got', async () => {
    await faces.begin('/servers/older/mcp');
    const { body } = await faces.world.get('/api/v1/mcp/connect/seen');
    const told = { target: 'instance:older', client_name: 'a client', client_version: '1.0' };
    expect((body['clients'] as object[])[0]).toMatchObject({ ...told, caller: 'bootstrap administrator' });
    expect((body['clients'] as object[])[0]).not.toHaveProperty('called_at');
    const session = await faces.begin('/mcp');
    const call = { id: 3, method: 'tools/call', params: { name: 'older__echo', arguments: {} } };
    await faces.post('/mcp', { id: 2, method: 'tools/list' }, session);
    await faces.post('/mcp', call, session);
    const [latest] = (await faces.world.get('/api/v1/mcp/connect/seen')).body['clients'] as object[];
    expect(latest).toMatchObject({ target: 'all', client_name: 'a client', tool_name: 'older__echo' });
    expect(latest).toHaveProperty('tools_listed_at');
  });

  it('leave room for a list of templates over REST', async () => {
    older.script = (heard, response) => {
      if (heard.message.method !== 'resources/templates/list') return stayOpen(heard, response);
      sendJson(response, { id: heard.message.id, result: { resourceTemplates: [TEMPLATE] } });
      return true;
    };
    await eventually(async () => {
      const { body } = await faces.world.get('/api/v1/mcp/resources/templates?server_name=older');
      expect(body).toMatchObject({
        resource_templates: [
          {
            server_name: 'older',
            uri_template: TEMPLATE.uriTemplate,
            name: 'note',
            mime_type: 'text/plain',
          },
        ],
        degraded: [],
      });
    }, WAIT);
  });

  const notices = (): IdentityNotices => faces.world.app.get(IdentityNotices, { strict: false });
});

/** A server that has resources, and says nothing unasked. */
function stayOpen({ httpMethod, message: { method, id } }: Heard, response: ServerResponse): boolean {
  if (httpMethod === 'GET') {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    return true;
  }
  if (method !== 'initialize') return false;
  const capabilities = { tools: { listChanged: true }, resources: {} };
  const result = { protocolVersion: '2025-11-25', capabilities, serverInfo: { name: 's', version: '1' } };
  response.setHeader('mcp-session-id', SESSION);
  sendJson(response, { id, result });
  return true;
}

function ended(events: Events): { isEnded: boolean } {
  const seen = { isEnded: false };
  const end = (): void => {
    seen.isEnded = true;
  };
  events.all().then(end, end);
  return seen;
}
