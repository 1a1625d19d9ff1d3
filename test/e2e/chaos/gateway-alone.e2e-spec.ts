import { Database } from '@app/database';
import { describeWithRedis, eventually } from '@app/testing';
import { Installation, type Role } from '../installation';
import { sdkOne, sdkTwoNewer, type ToolCall } from '../official-clients';
import { processesOf } from '../processes';
import { OwnPostgres } from './support/own-postgres';
import { startPassage } from './support/passage';
import { startUpstream, type Upstream } from './support/upstream';

jest.setTimeout(300_000);

const DEADLINE_MS = 90_000;
/** Fewer than what makes a loop of crashes a failure. */
const KILLS_MAX = 4;
const SEEN_WITHIN_MS = 3_000;
const STATIC_CREDENTIAL = 'a-header-value-that-is-a-secret-4711';
const SERVERS = ['process', 'remote', 'guarded'] as const;
/** Each server is called so often during an outage. */
const CALLS = 4;

describeWithRedis('a gateway without its stores', (redis) => {
  let postgres: OwnPostgres;
  let quayside: Installation;
  /** What was started, the last first; a start that fails half way leaves nothing behind. */
  const ends: (() => Promise<unknown> | undefined)[] = [];

  beforeAll(async () => {
    postgres = await OwnPostgres.start();
    ends.unshift(() => postgres.remove());
    const upstream: Upstream = await startUpstream();
    ends.unshift(() => upstream.stop());
    // A gateway that lost the credential would be refused.
    const guard = await startPassage(upstream.url, ({ 'x-secret': given }) => given === STATIC_CREDENTIAL);
    ends.unshift(() => guard.stop());
    quayside = await Installation.start({ mode: 'roles', databaseUrl: postgres.url, redisUrl: redis().url });
    ends.unshift(() => quayside.stop());
    const specs: Readonly<Record<(typeof SERVERS)[number], object>> = {
      process: { type: 'stdio', command: 'echo' },
      remote: { type: 'url', endpoint: upstream.url },
      guarded: {
        ...{ type: 'url', endpoint: guard.url },
        headers: [{ key: 'X-Secret', value: STATIC_CREDENTIAL }],
      },
    };
    for (const name of SERVERS)
      await quayside.api.ok('POST', '/api/v1/mcp/instances', { name, json_spec: specs[name] });
    await Promise.all(SERVERS.map((name) => quayside.reaches(name, 'running', DEADLINE_MS)));
    await quayside.api.ok('POST', '/api/v1/mcp/endpoints', { name: 'chosen', instances: [...SERVERS] });
  }, 240_000);

  afterAll(async () => {
    for (const end of ends) await end();
  }, 120_000);

  const FACES = [...SERVERS.map((name) => `/servers/${name}/mcp`), '/endpoints/chosen/mcp', '/mcp'];

  /** Both official clients at every face, from the first word on: each tool that echoes is called once by each. */
  const visitAll = async (message: string): Promise<void> => {
    for (const face of FACES)
      for (const client of [sdkOne, sdkTwoNewer]) {
        const visit = (calls: readonly ToolCall[]) =>
          client(`http://127.0.0.1:${String(quayside.port('gateway'))}${face}`, quayside.key, calls);
        const echoes = (await visit([])).tools.filter((name) => /(^|_|-)echo$/.test(name));
        expect(echoes.length).toBeGreaterThanOrEqual(face.startsWith('/servers') ? 1 : SERVERS.length);
        const { answers } = await visit(echoes.map((name) => ({ name, arguments: { message } })));
        expect(answers.filter((answer) => answer.includes(message))).toHaveLength(echoes.length);
      }
  };

  const callsAll = async (message: string): Promise<void> => {
    for (const server of SERVERS)
      expect(await quayside.api.call(server, 'echo', { message })).toContain(message);
  };

  /** Written meanwhile or later: a call that was answered has its record, in the bounds that the page of metrics names. */
  const recordsOf = async (message: string): Promise<number> => {
    const db = await Database.open({ url: postgres.url, applicationName: 'test' });
    try {
      const [row] = await db.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM mcp_call WHERE outcome = 'ok' AND argument_shape ? $1`,
        [`message: string(${String(message.length)})`],
      );
      return row?.count ?? 0;
    } finally {
      await db.close();
    }
  };

  /** What a probe hears of a role: without a credential, hence without details. */
  const probe = async (role: Role, path: string): Promise<readonly [number, string]> => {
    const answer = await fetch(`http://127.0.0.1:${String(quayside.port(role))}${path}`);
    return [answer.status, await answer.text()];
  };

  it('E16: a server that is killed makes it degraded, never unavailable', async () => {
    expect(await probe('gateway', '/health')).toEqual([200, '{"status":"healthy"}']);
    const isSeenDown = (): Promise<boolean> =>
      eventually(
        async () => {
          expect(await probe('gateway', '/health')).toEqual([200, '{"status":"degraded"}']);
          return true;
        },
        { deadlineMs: SEEN_WITHIN_MS, everyMs: 20 },
      ).catch(() => false);
    // The first time it is there again at once; each time it takes longer.
    let isSeen = false;
    for (let kills = 0; kills < KILLS_MAX && !isSeen; kills += 1) {
      const { container } = await quayside.reaches('process', 'running', DEADLINE_MS);
      for (const pid of processesOf(container?.id ?? 'none')) process.kill(pid, 'SIGKILL');
      isSeen = await isSeenDown();
    }
    expect(isSeen).toBe(true);
    await quayside.reaches('process', 'running', DEADLINE_MS);
    await eventually(
      async () => {
        expect(await probe('gateway', '/health')).toEqual([200, '{"status":"healthy"}']);
      },
      { deadlineMs: DEADLINE_MS },
    );
  });

  it('E16, P6: goes on with calls, refuses changes, and finds its way back by itself', async () => {
    const gateway = quayside.pid('gateway');
    await callsAll('before');
    await visitAll('also before');

    await Promise.all([postgres.crash(), redis().crash()]);
    for (let round = 0; round < CALLS; round += 1) await callsAll('without any store');
    // What was found a moment ago may be told for a moment longer.
    await eventually(async () => {
      expect(await probe('api', '/health/ready')).toEqual([
        503,
        expect.stringContaining('"causes":["database"]'),
      ]);
    });
    expect((await probe('api', '/health/live'))[0]).toBe(200);
    expect((await probe('gateway', '/health/ready'))[0]).toBe(200);
    await visitAll('through a face');
    const listed = await quayside.api.ok<{ tools: { server_name: string }[]; degraded: unknown[] }>(
      'GET',
      '/api/v1/mcp/tools',
    );
    expect(listed.degraded).toEqual([]);
    expect([...new Set(listed.tools.map(({ server_name: name }) => name))]).toEqual([...SERVERS].sort());
    expect((await quayside.api.request('GET', '/api/v1/mcp/servers/status')).status).toBe(200);

    const wish = { name: 'meanwhile', json_spec: { type: 'stdio', command: 'echo' } };
    const refused = await quayside.api.request('POST', '/api/v1/mcp/instances', wish);
    expect([refused.status, refused.body['code']]).toEqual([503, 'database_unavailable']);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);

    await postgres.startAgain();
    await redis().startAgain();
    await eventually(
      async () => {
        await quayside.api.ok('POST', '/api/v1/mcp/instances', wish);
      },
      { deadlineMs: DEADLINE_MS },
    );
    await quayside.reaches('meanwhile', 'running', DEADLINE_MS);
    expect(await quayside.api.call('meanwhile', 'echo', { message: 'after' })).toContain('after');
    await callsAll('again');
    await visitAll('again through a face');
    await eventually(
      async () => {
        expect(await recordsOf('without any store')).toBe(SERVERS.length * CALLS);
        expect(await recordsOf('through a face')).toBeGreaterThanOrEqual(2 * SERVERS.length);
      },
      { deadlineMs: DEADLINE_MS },
    );
    expect(quayside.pid('gateway')).toBe(gateway);
    expect(quayside.isRunning('gateway')).toBe(true);
  });
});
