import { randomUUID } from 'node:crypto';
import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { eventually } from '@app/testing';
import { Everything } from '../gateway/everything';
import { Served, type ServingRole } from '../routes/served';
import { OTHER_WORKSPACE_ID } from './callers';
import { Guarded, type Reply } from './guarded';

const API = '/api/v1';
const MCP = `${API}/mcp`;
const DEADLINE = { deadlineMs: 60_000, everyMs: 200 };
type Names = readonly string[];

/** Two workspaces with the same names in them, and a server that answers in each. */
describe('the border of a workspace', () => {
  const everything = new Everything();
  let guarded: Guarded;
  let here: string;
  let there: string;
  const ids = new Map<string, string>();

  const send = (role: ServingRole, method: string, url: string, key: string, body?: object): Promise<Reply> =>
    guarded.send(role, method, url, { key, body });
  const tools = async (key: string): Promise<Names> => {
    const { body } = await send('gateway', 'GET', `${MCP}/tools`, key);
    return (body['tools'] as { server_name: string; name: string }[]).map(
      (one) => `${one.server_name}:${one.name}`,
    );
  };
  const rpc = (key: string, url: string, method: string, params: object = {}): Promise<Reply> =>
    guarded.mcp(url, key, method, params);
  const call = (key: string, tool: string): Promise<Reply> =>
    send('gateway', 'POST', `${MCP}/tools/call`, key, {
      ...{ server_name: 'shown', tool_name: tool, arguments: { message: 'hello' } },
    });

  /** What command and projector would have written. */
  async function live(name: string, workspaceId: string): Promise<string> {
    const id = randomUUID();
    const { db } = guarded.served.database;
    await db.execute(
      `INSERT INTO instances (id, name, json_spec, desired_state, generation, workspace_id)
       VALUES ($1, $2, '{"type": "stdio", "command": "everything"}', 'running', 1, $3)`,
      [id, name, workspaceId],
    );
    const upstream = { kind: 'http', urls: [everything.url], transport: 'streamable-http', remote: false };
    await db.execute(
      `INSERT INTO instance_status (instance_id, generation, sequence, phase, reason, since, reported_at, upstream)
       VALUES ($1, 1, 1, 'running', 'As the test wants it.', now(), now(), $2::jsonb)`,
      [id, JSON.stringify(upstream)],
    );
    return id;
  }

  beforeAll(async () => {
    const [served] = await Promise.all([Served.start(), everything.start()]);
    guarded = await Guarded.start(served);
    const { db } = served.database;
    await db.execute(`INSERT INTO workspace (id, name) VALUES ($1, 'other')`, [OTHER_WORKSPACE_ID]);
    here = await served.issueKey('admin');
    there = await served.issueKey('admin', { workspaceId: OTHER_WORKSPACE_ID });
    ids.set('here', await live('shown', DEFAULT_WORKSPACE_ID));
    ids.set('there', await live('shown', OTHER_WORKSPACE_ID));
    ids.set('only there', await live('hidden', OTHER_WORKSPACE_ID));
    for (const key of [here, there]) {
      const endpoint = { name: 'both', instances: ['shown', 'hidden'], prefix: 'always' };
      expect((await send('gateway', 'POST', `${MCP}/endpoints`, key, endpoint)).status).toBe(201);
    }
  }, 240_000);
  afterAll(async () => {
    await (guarded as Guarded | undefined)?.served.stop();
    await everything.end();
  });

  it('hides ids and names of another one behind the very words for what nobody has', async () => {
    const foreign = ids.get('only there') ?? '';
    const nobody = randomUUID();
    const paths = ['', '/events', '/logs', '/stats', '/environment'].map(
      (rest) => (id: string) => `${MCP}/instances/${id}${rest}`,
    );
    for (const path of paths) {
      const [one, other] = [
        await send('api', 'GET', path(foreign), here),
        await send('api', 'GET', path(nobody), here),
      ];
      expect([one.status, plain(one, foreign)]).toEqual([404, plain(other, nobody)]);
    }
    for (const [role, method, url, body] of [
      ['api', 'POST', `${MCP}/instances/${foreign}/stop`, undefined],
      ['api', 'GET', `${MCP}/instances/hidden`, undefined],
      ['api', 'GET', `${MCP}/containers/hidden`, undefined],
      ['gateway', 'POST', `${MCP}/tools/call`, { server_name: foreign, tool_name: 'echo', arguments: {} }],
      ['gateway', 'POST', `${MCP}/tools/call`, { server_name: 'hidden', tool_name: 'echo', arguments: {} }],
      ['gateway', 'GET', `${MCP}/tools?server_name=hidden`, undefined],
      ['gateway', 'GET', `${MCP}/connect?target=instance:hidden&client=cursor`, undefined],
      ['api', 'GET', `${API}/grants?resource=instances:hidden`, undefined],
    ] as const)
      expect([url, (await send(role, method, url, here, body)).status]).toEqual([url, 404]);
    const bulk = await send('api', 'POST', `${MCP}/instances/bulk`, here, {
      operations: [foreign, nobody].map((id) => ({ op: 'stop', id })),
    });
    const [one, other] = bulk.body['results'] as { status: number; problem: Reply['body'] }[];
    expect([one?.status, one?.problem['code']]).toEqual([404, 'instance_not_found']);
    expect(other?.problem['code']).toBe('instance_not_found');
    const kept = await guarded.served.database.db.query(
      `SELECT 1 FROM instances WHERE id = $1 AND desired_state = 'running'`,
      [foreign],
    );
    expect(kept).toHaveLength(1);
  });

  it('leaves lists, status, faces and what is kept of them on its own side', async () => {
    await eventually(async () => {
      expect(new Set((await tools(here)).map((name) => name.split(':')[0]))).toEqual(new Set(['shown']));
      expect(new Set((await tools(there)).map((name) => name.split(':')[0]))).toEqual(
        new Set(['shown', 'hidden']),
      );
    }, DEADLINE);
    const names = async (key: string): Promise<Names> => {
      const { body } = await send('gateway', 'GET', `${MCP}/servers/status`, key);
      return (body['servers'] as { name: string }[]).map(({ name }) => name).sort();
    };
    expect([await names(here), await names(there)]).toEqual([['shown'], ['hidden', 'shown']]);
    for (const url of ['/mcp', '/endpoints/both/mcp'])
      for (const [key, servers] of [
        [there, ['hidden', 'shown']],
        [here, ['shown']],
        [there, ['hidden', 'shown']],
      ] as const)
        await eventually(async () => {
          expect([url, serversOf(await rpc(key, url, 'tools/list'))]).toEqual([url, servers]);
        }, DEADLINE);
    expect((await rpc(here, '/servers/hidden/mcp', 'tools/list')).status).toBe(404);
    expect((await rpc(there, '/servers/hidden/mcp', 'tools/list')).status).toBe(200);
    const called = await rpc(here, '/mcp', 'tools/call', {
      name: 'hidden__echo',
      arguments: { message: 'a' },
    });
    expect(called.body).toMatchObject({ error: { code: -32602 } });
  }, 120_000);

  it('is crossed by no built-in definition and no name: both are used on each side', async () => {
    const template = await send('api', 'GET', `${MCP}/servers/echo`, there);
    expect(template.status).toBe(200);
    const shared = await send('api', 'PATCH', `${MCP}/servers/${String(template.body['id'])}`, there, {
      description: 'Mine.',
    });
    expect([shared.status, shared.code]).toEqual([403, 'server_shared']);
    const made = { name: 'echo', docker_image_url: 'a/echo:1' };
    expect((await send('api', 'POST', `${MCP}/servers`, there, made)).status).toBe(201);
    expect((await send('api', 'GET', `${MCP}/servers/echo`, there)).body['docker_image_url']).toBe(
      'a/echo:1',
    );
    expect((await send('api', 'GET', `${MCP}/servers/echo`, here)).body['docker_image_url']).not.toBe(
      'a/echo:1',
    );
  });

  describe('and a grant within it', () => {
    let developer: string;
    let granted: string;
    let grantedId: string;
    const put = (grants: readonly object[]): Promise<Reply> =>
      send('api', 'PUT', `${API}/grants/instances/shown`, here, { grants });

    beforeAll(async () => {
      developer = await guarded.served.issueKey('developer');
      granted = await guarded.served.issueKey('developer');
      grantedId = granted.split('_')[1] ?? '';
    });

    it('closes an instance to all but those it names, and to tools beyond its patterns, at list and at call', async () => {
      expect((await call(developer, 'echo')).status).toBe(200);
      expect((await rpc(granted, '/servers/shown/mcp', 'tools/list')).status).toBe(200);
      const permissions = ['instances:read', 'tools:read', 'tools:call'];
      const reply = await put([{ subject_kind: 'key', subject: grantedId, permissions, tools: ['ech*'] }]);
      expect([reply.status, reply.body['grants']]).toMatchObject([
        200,
        [{ subject: grantedId, tools: ['ech*'] }],
      ]);
      await eventually(async () => {
        expect((await call(developer, 'echo')).status).toBe(404);
        expect(await tools(developer)).toEqual([]);
      }, DEADLINE);
      expect((await send('api', 'GET', `${MCP}/instances/shown`, developer)).status).toBe(404);
      expect((await send('api', 'GET', `${MCP}/instances`, developer)).body['instances']).toEqual([]);
      expect((await rpc(developer, '/servers/shown/mcp', 'tools/list')).status).toBe(404);
      expect(serversOf(await rpc(developer, '/mcp', 'tools/list'))).toEqual([]);

      expect(await tools(granted)).toEqual(['shown:echo']);
      expect((await call(granted, 'echo')).status).toBe(200);
      expect([(await call(granted, 'get-sum')).status, (await call(granted, 'get-sum')).code]).toEqual([
        404,
        'tool_unknown',
      ]);
      for (const [url, prefix] of [
        ['/mcp', 'shown__'],
        ['/endpoints/both/mcp', 'shown__'],
        ['/servers/shown/mcp', ''],
      ] as const) {
        expect([url, toolsOf(await rpc(granted, url, 'tools/list'))]).toEqual([url, [`${prefix}echo`]]);
        const args = { name: `${prefix}get-sum`, arguments: { a: 1, b: 2 } };
        expect([url, (await rpc(granted, url, 'tools/call', args)).body]).toMatchObject([
          url,
          { error: { code: -32602 } },
        ]);
      }
      expect((await tools(here)).length).toBeGreaterThan(1);
      expect((await send('api', 'DELETE', `${MCP}/instances/shown`, granted)).status).toBe(403);
    }, 180_000);

    it('follows the original name of a tool, whatever an endpoint calls it', async () => {
      const renamed = {
        ...{ name: 'renamed', instances: ['shown'], prefix: 'none' },
        tools: { overrides: { 'shown__get-sum': { name: 'echo_sum' }, shown__echo: { name: 'harmless' } } },
      };
      expect((await send('gateway', 'POST', `${MCP}/endpoints`, here, renamed)).status).toBe(201);
      await eventually(async () => {
        expect(toolsOf(await rpc(granted, '/endpoints/renamed/mcp', 'tools/list'))).toEqual(['harmless']);
      }, DEADLINE);
      const sum = { name: 'echo_sum', arguments: { a: 1, b: 2 } };
      expect((await rpc(granted, '/endpoints/renamed/mcp', 'tools/call', sum)).body).toMatchObject({
        error: {},
      });
    }, 120_000);

    it('is explained, says no more than the list, and gives nobody what its giver does not hold', async () => {
      const why = async (key: string, resource: string): Promise<Reply['body']> => {
        const { body } = await send(
          'api',
          'GET',
          `${API}/me/permissions?explain=tools:call&resource=${resource}`,
          key,
        );
        return body['decision'] as Reply['body'];
      };
      expect(await why(granted, 'instances:shown')).toMatchObject({
        allowed: true,
        because: [expect.any(String), expect.stringContaining('grant')],
      });
      const [hidden, nobody] = [
        await why(developer, 'instances:shown'),
        await why(developer, 'instances:noshow'),
      ];
      expect(JSON.stringify(hidden).replaceAll('shown', 'x')).toEqual(
        JSON.stringify(nobody).replaceAll('noshow', 'x'),
      );
      const narrow = await guarded.served.issueKey('admin', { scopes: ['grants:write', 'grants:read'] });
      const wanted = { grants: [{ subject_kind: 'role', subject: 'viewer', permissions: ['tools:call'] }] };
      const reply = await send('api', 'PUT', `${API}/grants/instances/shown`, narrow, wanted);
      expect([reply.status, reply.code]).toEqual([403, 'grant_exceeds_own']);
      expect((await put([{ subject_kind: 'role', subject: 'king', permissions: ['users:read'] }])).code).toBe(
        'grant_invalid',
      );
      for (const [kind, subject] of [
        ['role', 'king'],
        ['user', '7b0f7c3e-5f0e-4c43-9d3e-2f6d1f0a9b11'],
        ['key', 'nobodyskey'],
      ]) {
        const unknown = await put([{ subject_kind: kind, subject, permissions: ['tools:read'] }]);
        expect([kind, unknown.status, unknown.code]).toEqual([kind, 422, 'grant_subject_unknown']);
      }
      expect((await send('api', 'DELETE', `${API}/grants/instances/shown`, here)).status).toBe(204);
      await eventually(async () => {
        expect((await call(developer, 'echo')).status).toBe(200);
      }, DEADLINE);
    }, 120_000);
  });

  it('cannot be taken down while anything is behind it', async () => {
    const url = `${API}/workspaces/other`;
    const versioned = await guarded.deleteNow(url, here);
    expect([versioned.status, versioned.code]).toEqual([409, 'workspace_in_use']);
    expect((await send('api', 'POST', `${API}/workspaces`, here, { name: 'brief' })).status).toBe(201);
    expect((await guarded.deleteNow(`${API}/workspaces/brief`, here)).status).toBe(204);
  });
});

/** The answer without what tells two requests apart. */
function plain({ body }: Reply, asked: string): string {
  const { request_id: _request, trace_id: _trace, instance: _instance, ...rest } = body;
  return JSON.stringify(rest).replaceAll(asked, '<id>');
}

const toolsOf = ({ body }: Reply): Names => {
  const result = body['result'] as { tools?: { name: string }[] } | undefined;
  return (result?.tools ?? []).map(({ name }) => name).sort();
};
const serversOf = (reply: Reply): Names =>
  [...new Set(toolsOf(reply).map((name) => name.split('__')[0] ?? ''))].sort();
