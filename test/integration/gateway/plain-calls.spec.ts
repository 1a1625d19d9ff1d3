import { type ServerResponse } from 'node:http';
import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { eventually } from '@app/testing';
import { GrantStore, IdentityNotices } from '../../../src/identity';
import { StoredSettings } from '../../../src/settings';
import { type Asked, CALL, essenceOf, OneConnection, type Said, type Way } from './both-ways';
import { FaceWorld } from './face-world';
import { type Heard, sendEvents, sendJson } from './scripted-upstream';

const HOUR_S = 3_600;
const TOOLS = ['echo', 'fails', 'hangs', 'structured', 'streams', 'misshapen'].map((name) => ({
  name,
  inputSchema: { type: 'object', properties: { message: { type: 'string' } } },
}));
const ANSWERS: Readonly<Record<string, object>> = {
  echo: { content: [{ type: 'text', text: 'Grüße ☺' }] },
  fails: { content: [{ type: 'text', text: 'no' }], isError: true },
  structured: { content: [], structuredContent: { degrees: 21 } },
};

function script({ message: { id, method, params } }: Heard, response: ServerResponse): boolean {
  if (method === 'tools/list') sendJson(response, { id, result: { tools: TOOLS } });
  else if (method !== 'tools/call') return false;
  else if (params?.['name'] === 'streams') sendEvents(response)({ id, result: ANSWERS['echo'] });
  else if (params?.['name'] !== 'hangs')
    sendJson(response, { id, result: ANSWERS[String(params?.['name'])] ?? {} });
  return true;
}

const call = (tool: string, more: object = {}) => ({ server_name: 'older', tool_name: tool, ...more });

interface Case extends Asked {
  readonly status: number;
  readonly code?: string;
}

/** Served below the framework, whatever comes of it. */
const OURS: Readonly<Record<string, Case>> = {
  'a call': { body: call('echo', { arguments: { message: 'hello' } }), status: 200 },
  'a call without arguments': { body: call('echo'), status: 200 },
  'the printed path': { body: call('echo'), path: '/mcp/tools/call', status: 200 },
  'a charset that is the only one': {
    body: call('echo', { arguments: { message: 'ü' } }),
    headers: { 'content-type': 'application/json; charset=utf-8' },
    status: 200,
  },
  'a long body': { body: call('echo', { arguments: { message: 'x'.repeat(70_000) } }), status: 200 },
  'a structured answer': { body: call('structured'), status: 200 },
  'an answer as events': { body: call('streams'), status: 200 },
  'an answer of another shape': {
    body: call('misshapen'),
    ...{ status: 502, code: 'call_outcome_unknown' },
  },
  'an error of the tool': { body: call('fails'), status: 200 },
  'a server that nobody has': {
    body: { server_name: 'nobody', tool_name: 'echo' },
    ...{ status: 404, code: 'server_unknown' },
  },
  'a server that stands still': {
    body: { server_name: 'stopped', tool_name: 'echo' },
    ...{ status: 503, code: 'server_not_running' },
  },
  'a tool that is not there': { body: call('nothing'), status: 404, code: 'tool_unknown' },
  'a failure under the printed path': {
    ...{ body: call('nothing'), path: '/mcp/tools/call' },
    ...{ status: 404, code: 'tool_unknown' },
  },
  'arguments that do not fit': {
    body: call('echo', { arguments: { message: 5 } }),
    ...{ status: 422, code: 'tool_arguments_invalid' },
  },
  'too little time': {
    body: call('hangs', { timeout_ms: 50 }),
    ...{ status: 504, code: 'call_timed_out' },
  },
};

/** Looked at, or not even that, and left to the framework. */
const THEIRS: Readonly<Record<string, Case>> = {
  'no key': { body: call('echo'), key: undefined, status: 401, code: 'unauthenticated' },
  'a wrong key': { body: call('echo'), key: 'wrong', status: 401, code: 'unauthenticated' },
  'another kind of credential': {
    body: call('echo'),
    headers: { authorization: 'Basic YTpi' },
    ...{ status: 401, code: 'unauthenticated' },
  },
  'no body': { body: '', status: 422, code: 'validation_failed' },
  'no JSON': { body: '{"server_name": ', status: 400, code: 'malformed_json' },
  'no UTF-8': { body: Buffer.from([0x7b, 0xff, 0x7d]), status: 400, code: 'malformed_json' },
  'a list': { body: '[]', status: 400, code: 'malformed_json' },
  null: { body: 'null', status: 400, code: 'malformed_json' },
  'the same key twice': {
    body: '{"server_name":"older","server_name":"older","tool_name":"echo"}',
    ...{ status: 400, code: 'duplicate_key' },
  },
  'a key of every object': {
    body: '{"server_name":"older","tool_name":"echo","arguments":{"__proto__":{}}}',
    ...{ status: 400, code: 'forbidden_key' },
  },
  'a member that nobody knows': {
    body: call('echo', { argumants: {} }),
    ...{ status: 400, code: 'unknown_field' },
  },
  'no time at all': { body: call('echo', { timeout_ms: 0 }), status: 422, code: 'validation_failed' },
  'a caller who can be asked': { body: call('echo', { accept_input: true }), status: 200 },
  'a query': { body: call('echo'), path: `${CALL}?x=1`, status: 400, code: 'invalid_query' },
  'another type': {
    body: call('echo'),
    headers: { 'content-type': 'text/plain' },
    ...{ status: 415, code: 'unsupported_media_type' },
  },
  'a packed body': {
    body: call('echo'),
    headers: { 'content-encoding': 'gzip' },
    ...{ status: 415, code: 'unsupported_media_type' },
  },
  'a host of somebody else': {
    body: call('echo'),
    headers: { host: 'elsewhere.test' },
    ...{ status: 403, code: 'host_not_allowed' },
  },
  'a page of somebody else': {
    body: call('echo'),
    headers: { origin: 'http://elsewhere.test' },
    ...{ status: 403, code: 'origin_not_allowed' },
  },
  'too long a body': {
    body: call('echo', { arguments: { message: 'x'.repeat(1_100_000) } }),
    ...{ status: 413, code: 'body_too_large' },
  },
};

describe('a tool call over REST, plain and otherwise', () => {
  const faces = new FaceWorld();
  const open: OneConnection[] = [];
  /** Requests that Node's server read: all that the framework ever sees. */
  let readByNode = 0;

  beforeAll(async () => {
    await faces.start();
    faces.world.app.getHttpServer().on('request', () => (readByNode += 1));
    await faces.world.instance({ name: 'stopped', desired: 'stopped', phase: 'stopped' });
  }, 180_000);
  beforeEach(() => {
    faces.forget();
    faces.older.script = script;
  });
  afterEach(() => {
    for (const connection of open.splice(0)) connection.close();
  });
  afterAll(() => faces.stop());

  function connection(way: Way): OneConnection {
    const made = new OneConnection(faces.base, way);
    open.push(made);
    return made;
  }

  /** Both answers, when they were the same in all that matters. */
  async function both(asked: Asked, isOurs: boolean): Promise<Said> {
    readByNode = 0;
    const plain = await connection('plain').ask(asked);
    expect(readByNode).toBe(isOurs ? 0 : 1);
    const chunked = await connection('chunked').ask(asked);
    expect(essenceOf(plain)).toEqual(essenceOf(chunked));
    return plain;
  }

  const check = async ({ status, code, ...asked }: Case, isOurs: boolean): Promise<void> => {
    const { status: said, body, headers } = await both(asked, isOurs);
    expect([said, body['code']]).toEqual([status, code]);
    expect(headers['x-request-id']).toBe('the-same-request');
    expect(headers['quayside-version']).toBe('0.0.0');
  };

  it.each(Object.entries(OURS))('with %s is served below the framework', (_name, asked) =>
    check(asked, true),
  );

  it.each(Object.entries(THEIRS))('with %s is the framework’s', (_name, asked) => check(asked, false));

  it.each(['echo', 'streams', 'misshapen'])('is sent once, whatever comes of it: %s', async (tool) => {
    await connection('plain').ask({ body: call(tool) });
    expect(faces.older.messages('tools/call')).toHaveLength(1);
  });

  it('is the framework’s where the caller may not, or may not any more', async () => {
    const { key: viewer } = await faces.world.issueKey('viewer');
    await check({ body: call('echo'), key: viewer, status: 403, code: 'permission_denied' }, false);
    const { id, key } = await faces.world.issueKey('developer');
    await faces.world.truth.db.execute(`UPDATE api_key SET revoked_at = now() WHERE id = $1`, [id]);
    await check({ body: call('echo'), key, status: 401, code: 'unauthenticated' }, false);
    expect(faces.older.messages('tools/call')).toEqual([]);
  });

  it('does not find a tool that is hidden from its caller', async () => {
    const { id, key } = await faces.world.issueKey('developer');
    await faces.server('guarded', faces.older.url, { era: 'older' });
    const [row] = await faces.world.truth.db.query<{ id: string }>(
      `SELECT id FROM instances WHERE name = 'guarded'`,
    );
    const instance = row?.id ?? '';
    const grant = { resourceType: 'instances', resourceId: instance, tools: ['echo'] } as const;
    await faces.world.app
      .get(GrantStore, { strict: false })
      .replace(
        { workspaceId: DEFAULT_WORKSPACE_ID, type: 'instances', id: instance },
        [{ ...grant, permissions: ['tools:call'], subjectKind: 'key', subject: id }],
        'test',
      );
    faces.world.app.get(IdentityNotices, { strict: false }).publish('grant', instance);
    const hidden = { server_name: 'guarded', tool_name: 'fails' };
    // The notice of a grant is on its way for a moment.
    await eventually(async () => {
      expect(await connection('plain').ask({ body: hidden, key })).toMatchObject({ status: 404 });
    });
    await check({ body: { server_name: 'guarded', tool_name: 'echo' }, key, status: 200 }, true);
    await check({ body: hidden, key, status: 404, code: 'tool_unknown' }, true);
  });

  it('is counted once, and refused with the same words when there were too many', async () => {
    const limits = JSON.stringify({ window_s: HOUR_S, key: 3 });
    const { db } = faces.world.truth;
    const settings = faces.world.app.get(StoredSettings, { strict: false });
    await db.execute(`INSERT INTO setting (name, value) VALUES ('rate_limit_tool_calls', $1::jsonb)`, [
      limits,
    ]);
    await settings.reload();
    try {
      const { key } = await faces.world.issueKey('developer');
      const asked = { body: call('echo'), key };
      const plain = connection('plain');
      const left = async (): Promise<unknown> => (await plain.ask(asked)).headers['ratelimit'];
      expect(await left()).toMatch(/^"tool_calls";r=2;/);
      expect(await left()).toMatch(/^"tool_calls";r=1;/);
      expect((await connection('chunked').ask(asked)).headers['ratelimit']).toMatch(/^"tool_calls";r=0;/);
      const refused = await both(asked, true);
      expect([refused.status, refused.body['code']]).toEqual([429, 'rate_limited']);
      expect(refused.headers['ratelimit-policy']).toBe(`"tool_calls";q=3;w=${HOUR_S}`);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      expect(faces.older.messages('tools/call')).toHaveLength(3);
    } finally {
      await db.execute(`DELETE FROM setting`);
      await settings.reload();
    }
  });

  it('is done once under a key of repetition', async () => {
    const asked = { body: call('echo'), headers: { 'idempotency-key': 'once' } };
    const plain = connection('plain');
    const first = await plain.ask(asked);
    const again = await plain.ask(asked);
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.body).toEqual(first.body);
    expect(faces.older.messages('tools/call')).toHaveLength(1);
  });

  it('goes over one connection again and again, until a request is none of ours', async () => {
    readByNode = 0;
    const plain = connection('plain');
    for (let turn = 0; turn < 5; turn += 1)
      expect((await plain.ask({ body: call('echo') })).status).toBe(200);
    expect(readByNode).toBe(0);
    expect((await plain.ask({ body: call('echo', { odd: 1 }) })).status).toBe(400);
    expect((await plain.ask({ body: call('echo') })).status).toBe(200);
    expect(readByNode).toBe(2);
  });
});
