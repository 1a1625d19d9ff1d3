import { Served } from '../routes/served';
import { type Callers, callersOf, OTHER_WORKSPACE_ID } from './callers';
import { Guarded } from './guarded';
import { type Fixture } from './verdicts';

const API = '/api/v1';

/** Other ways to write an address. Each must meet the same guard, or nothing at all. */
function variantsOf(path: string): readonly string[] {
  const last = path.slice(path.lastIndexOf('/') + 1);
  const parent = path.slice(0, -last.length);
  const encoded = Buffer.from(last).toString('hex').replaceAll(/../g, '%$&');
  return [
    ...[`${path}/`, `/${path}`, `${parent}/${last}`, `${path}//`, `${path}/.`, `${path}/%2e`],
    ...[`${parent}%2f${last}`, `${parent}./${last}`, `${parent}x/../${last}`, `${parent}x/%2e%2e/${last}`],
    ...[
      `${parent}${encoded}`,
      `${parent}${last.toUpperCase()}`,
      path.toUpperCase(),
      `${path};a=b`,
      `${path}%00`,
    ],
    ...[`${path}%20`, `${path}.json`, `${path}?`, `${path}#a`, `${path}%3fx=1`, path.replace('/api/v1', '')],
  ];
}

/** Servers, their tools and secrets, keys, users: one of each kind of place. */
const PLACES = [
  ...['/mcp/instances', '/mcp/servers', '/mcp/instances/guarded', '/mcp/instances/guarded/environment'],
  ...[
    '/secrets',
    '/secrets/shared/GUARDED',
    '/api-keys',
    '/users',
    '/workspaces',
    '/audit',
    '/settings',
    '/configuration',
    '/overview',
    '/queues',
    '/imports',
    '/registry',
    '/registry/entries',
    '/me',
    '/me/views',
    '/agents',
    '/tasks',
    '/runs',
    '/webhooks',
    '/events',
  ],
].map((path) => API + path);
const ON_GATEWAY = ['/mcp/tools', '/mcp/endpoints', '/mcp/endpoints/guarded', '/mcp/servers/status'].map(
  (path) => API + path,
);

describe('an address in other words', () => {
  let guarded: Guarded;
  let callers: Callers;
  let fixture: Fixture;

  beforeAll(async () => {
    const served = await Served.start();
    guarded = await Guarded.start(served);
    callers = await callersOf(served);
    fixture = await guarded.fill();
  }, 180_000);
  afterAll(() => (guarded as Guarded | undefined)?.served.stop());

  it.each(['GET', 'HEAD'] as const)(
    'opens nothing to nobody by %s',
    async (method) => {
      const wider: string[] = [];
      for (const [role, places] of [
        ['api', PLACES],
        ['gateway', ON_GATEWAY],
      ] as const)
        for (const path of places)
          for (const variant of [path, ...variantsOf(path)]) {
            const status = await guarded.raw(role, method, variant);
            // Refused by the guard, unknown, or not even an address.
            if (![400, 401, 403, 404, 405, 414].includes(status))
              wider.push(`${method} ${variant}: ${String(status)}`);
          }
      expect(wider).toEqual([]);
    },
    120_000,
  );

  it('shows nothing more to a caller without the permission, and changes nothing', async () => {
    const wider: string[] = [];
    const key = callers.get('no scope');
    for (const path of [
      '/secrets',
      '/users',
      '/configuration',
      '/imports',
      `/mcp/instances/${fixture.instance}`,
    ].map((each) => API + each))
      for (const variant of [path, ...variantsOf(path)])
        for (const method of ['GET', 'HEAD', 'DELETE', 'POST', 'OPTIONS', 'TRACE', 'PROPFIND']) {
          const status = await guarded.raw('api', method, variant, key);
          if (status < 400) wider.push(`${method} ${variant}: ${String(status)}`);
        }
    expect(wider).toEqual([]);
    const [row] = await guarded.served.database.db.query<{ wanted: string }>(
      `SELECT desired_state AS wanted FROM instances WHERE id = $1`,
      [fixture.instance],
    );
    expect(row?.wanted).toBe('running');
  }, 120_000);

  it('of a face leads to the same gate', async () => {
    for (const path of [
      '/mcp',
      '/servers/guarded/mcp',
      '/endpoints/guarded/mcp',
      '/MCP',
      '/mcp/',
      '/mcp//',
      '/%6dcp',
    ])
      for (const method of ['GET', 'POST', 'DELETE', 'HEAD']) {
        const status = await guarded.raw('gateway', method, path);
        expect([path, method, [401, 404, 405].includes(status), status]).toEqual([
          path,
          method,
          true,
          status,
        ]);
      }
  });

  it('is refused where it sets what only the server sets, and the row stays as it was', async () => {
    const { db } = guarded.served.database;
    const owned = { id: fixture.workspace, workspace_id: OTHER_WORKSPACE_ID, owner: 'me', created_by: 'me' };
    const more = {
      created_at: '2020-01-01T00:00:00Z',
      row_version: 9,
      built_in: true,
      generation: 7,
      role: 'admin',
    };
    // In an order of their own: a row moves when it is noted that its key was used.
    const state = () =>
      db.query(`SELECT (SELECT jsonb_agg(to_jsonb(i) - 'json_spec') FROM instances i) AS instances,
                       (SELECT jsonb_agg(to_jsonb(d)) FROM server_definition d WHERE NOT built_in) AS definitions,
                       (SELECT jsonb_agg(to_jsonb(e)) FROM virtual_endpoint e) AS endpoints,
                       (SELECT jsonb_agg(to_jsonb(w)) FROM workspace w) AS workspaces,
                       (SELECT jsonb_agg(to_jsonb(h)) FROM webhook_endpoint h) AS webhooks,
                       (SELECT jsonb_agg(to_jsonb(s)) FROM pipeline_schedule s) AS schedules,
                       (SELECT jsonb_agg(to_jsonb(a)) FROM agent a) AS agents,
                       (SELECT jsonb_agg(to_jsonb(k) - 'digest' - 'last_used_at' ORDER BY k.id) FROM api_key k) AS keys`);
    const before = await state();
    const taken: string[] = [];
    for (const operation of guarded.operations.filter(({ method }) =>
      ['POST', 'PATCH', 'PUT'].includes(method),
    ))
      for (const [field, value] of Object.entries({ ...owned, ...more })) {
        const known = FIELDS_OF_THEIR_OWN.get(operation.operation) ?? [];
        if (known.includes(field) || known.includes('*')) continue;
        const path = PATHS.get(operation.operation)?.(fixture);
        const ask = { ...(path === undefined ? {} : { path }), body: { [field]: value } };
        const { status } = await guarded.ask(operation, ask, guarded.served.key);
        // Refused for the field, or for want of a version; not because there is nothing of that name.
        if (![400, 422, 428].includes(status))
          taken.push(`${operation.operation} took ${field}: ${String(status)}`);
      }
    expect(taken).toEqual([]);
    expect(await state()).toEqual(before);
  }, 120_000);

  it('takes operators and SQL in a question as text, or not at all', async () => {
    const db = guarded.served.database.db;
    const words = [`' OR '1'='1`, `name; DROP TABLE instances--`, `{"$gt":""}`];
    const slow = `'||(SELECT pg_sleep(20))||'`;
    const faults: string[] = [];
    for (const operation of guarded.operations.filter(isQuestion))
      for (const name of [
        'sort',
        'q',
        'cursor',
        'status',
        'type',
        'tag',
        'limit',
        'server_name',
        'actor',
        'q[$gt]',
      ])
        for (const word of name === 'q' || name === 'sort' ? [...words, slow] : words.slice(0, 1)) {
          const query = `${encodeURIComponent(name)}=${encodeURIComponent(word)}`;
          const { status, body } = await guarded.ask(operation, { query }, guarded.served.key);
          const said = JSON.stringify(body);
          if (status >= 500 && status !== 503)
            faults.push(`${operation.operation} ${name}: ${String(status)}`);
          if (/pg_|syntax error|relation "/i.test(said) && !said.includes('pg_sleep')) faults.push(said);
        }
    expect(faults).toEqual([]);
    expect(await db.query(`SELECT 1 AS one FROM instances LIMIT 1`)).toHaveLength(1);
  }, 180_000);
});

/** A stream has no end to wait for; what may be asked of it is read by its own tests. */
const isQuestion = ({ method, operation }: { method: string; operation: string }): boolean =>
  method === 'GET' && operation !== 'streamEvents';

const byId =
  (of: (fixture: Fixture) => string) =>
  (fixture: Fixture): Record<string, string> => ({ id: of(fixture) });
const PATHS: ReadonlyMap<string, (fixture: Fixture) => Record<string, string>> = new Map([
  ['updateInstance', byId(({ instance }) => instance)],
  ['updateServer', byId(({ definition }) => definition)],
  ['updateEndpoint', () => ({ name: 'guarded' })],
  ['updateWorkspace', byId(({ workspace }) => workspace)],
  ['updateApiKey', byId(({ key }) => key)],
  ['updateUser', byId(({ user }) => user)],
  ['updateIssuer', byId(({ issuer }) => issuer)],
  ['updateWebhook', byId(({ webhook }) => webhook)],
  ['updateMailRecipient', byId(({ recipient }) => recipient)],
  ['updateAgent', () => ({ id: 'guarded' })],
  ['replacePipeline', byId(({ pipeline }) => pipeline)],
  ['updateSchedule', ({ pipeline: id, schedule }) => ({ id, schedule })],
]);
/** Where a field of that name is the caller's to set, or any name is, or no body is looked at. */
const ANY: readonly string[] = ['*'];
const FIELDS_OF_THEIR_OWN: ReadonlyMap<string, readonly string[]> = new Map([
  ['createApiKey', ['role', 'owner']],
  ['setInstanceEnvironment', ANY],
  ['startInstance', ANY],
  ['stopInstance', ANY],
  ['restartInstance', ANY],
  ['diagnoseInstance', ANY],
  ['rotateKey', ANY],
  ['rollBackInstance', ['generation']],
  ['updateIssuer', ['workspace_id']],
  ['drainAgent', ANY],
  ['rotateWebhookSecret', ANY],
  ['redeliverNotification', ANY],
  ['pauseQueue', ANY],
  ['resumeQueue', ANY],
  ['rotateRunSecret', ANY],
  ['createAdminLink', ANY],
  ['signOut', ANY],
  ['createSocketTicket', ANY],
  ['refreshRegistry', ANY],
  ['publishInstance', ANY],
  ['publishEndpoint', ANY],
]);
