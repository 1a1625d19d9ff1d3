import { randomUUID } from 'node:crypto';
import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { eventually } from '@app/testing';
import { OverviewApiModule } from '../../../src/overview';
import { MinuteRows } from '../../../src/overview/series/minute-rows';
import { ControlPlane } from '../control-plane';

interface Attention {
  readonly kind: string;
  readonly object_name: string;
  readonly cause: string;
  readonly link: string;
}
interface OverviewBody {
  readonly counts: Readonly<Record<string, Readonly<Record<string, number>> | null>>;
  readonly attention: readonly Attention[];
  readonly checked: readonly { readonly kind: string; readonly total: number }[];
}
interface SeriesBody {
  readonly times: readonly string[];
  readonly calls_per_minute: readonly number[];
  readonly error_rate: readonly (number | null)[];
  readonly p95_ms: readonly (number | null)[];
  readonly waiting_tasks: readonly number[];
}

const HOUR_MS = 3_600_000;
const as = (who: string) => ({ authorization: `Bearer ${who}` });

describe('the overview', () => {
  let plane: ControlPlane;
  const run = (sql: string, values: unknown[] = []) => plane.db.execute(sql, values);

  const instance = async (name: string, phase: string, reason: string, attempt = 0): Promise<void> => {
    const id = randomUUID();
    await run(
      `INSERT INTO instances (id, name, json_spec, desired_state, generation)
       VALUES ($1, $2, '{"type": "stdio", "command": "echo"}', 'running', 1)`,
      [id, name],
    );
    await run(
      `INSERT INTO instance_status (instance_id, generation, sequence, phase, reason, since, reported_at, attempt, last_error)
       VALUES ($1, 1, 1, $2, $3, now(), now(), $4, CASE WHEN $4 > 0 THEN '{"message": "It exited with 1."}'::jsonb END)`,
      [id, phase, reason, attempt],
    );
  };
  const task = (status: string, more = ''): Promise<number> =>
    run(
      `INSERT INTO task (id, workspace_id, type, payload, priority, lane, rank, due_at, retry_count, timeout_s, status,
                         submitted_by, correlation_id ${more === '' ? '' : ', dead_reason, finished_at, error'})
       VALUES (gen_random_uuid(), $1, 'analysis', '{}', 'medium', 'l', now(), now(), 0, 60, $2, 'user:a', 'c' ${more})`,
      [DEFAULT_WORKSPACE_ID, status],
    );
  const call = (at: Date, outcome: string, durationMs: number): Promise<number> =>
    run(
      `INSERT INTO mcp_call (at, id, actor, face, method, target, outcome, duration_ms)
       VALUES ($1, gen_random_uuid(), 'user:a', 'all', 'tools/call', 'echo', $2, $3)`,
      [at, outcome, durationMs],
    );

  beforeAll(async () => {
    plane = await ControlPlane.start({ contexts: [OverviewApiModule] });
    await instance('works', 'running', 'It runs.');
    await instance('broken', 'failed', 'exited 1: DEMO_API_KEY is required');
    await instance('slow', 'degraded', 'One of two replicas answers.');
    await task('pending');
    await task('failed', `, 'retries_exhausted', now(), '{"message": "It broke."}'`);
    await run(
      `INSERT INTO agent (id, workspace_id, name, type, max_tasks, owner, status) VALUES ($1, $2, 'gone', 'worker', 1, 'u', 'lost')`,
      [randomUUID(), DEFAULT_WORKSPACE_ID],
    );
    await run(
      `INSERT INTO webhook_endpoint (id, workspace_id, url, events, enabled, disabled_reason, created_by)
       VALUES ($1, $2, 'https://example.com/hook?token=hidden', '{}', false, 'It failed for days.', 'u')`,
      [randomUUID(), DEFAULT_WORKSPACE_ID],
    );
    await run(
      `INSERT INTO api_key (id, name, digest, role, expires_at) VALUES ('soon', 'ci', '\\x00', 'viewer', now() + interval '1 day')`,
    );
    await run(
      `INSERT INTO quota (workspace_id, scope, scope_id, limits) VALUES ($1::uuid, 'workspace', $1::uuid::text, '{"tasks_per_day": 5}')`,
      [DEFAULT_WORKSPACE_ID],
    );
    await run(
      `INSERT INTO quota_use (workspace_id, scope, scope_id, resource, day, used)
       VALUES ($1::uuid, 'workspace', $1::uuid::text, 'tasks_per_day', (now() AT TIME ZONE 'UTC')::date, 5)`,
      [DEFAULT_WORKSPACE_ID],
    );
  }, 180_000);
  afterAll(() => plane.stop());

  it('counts by status and says what needs somebody, the most urgent first', async () => {
    const { status, body } = await plane.request<OverviewBody>('GET', '/api/v1/overview');
    expect(status).toBe(200);
    expect(body.counts).toEqual({
      ...{ instances: { running: 1, failed: 1, degraded: 1 }, agents: { lost: 1 } },
      ...{ runs: {}, tasks: { pending: 1 } },
    });
    expect(
      body.attention.map(({ kind, object_name: name, cause, link }) => [kind, name, cause, link]),
    ).toEqual([
      ['instance_failed', 'broken', 'exited 1: DEMO_API_KEY is required', '/instances/broken?tab=diagnose'],
      ['instance_unhealthy', 'slow', 'One of two replicas answers.', '/instances/slow?tab=diagnose'],
      ['dead_letter', 'analysis', 'It broke.', expect.stringMatching(/^\/tasks\//)],
      ['agent_lost', 'gone', 'It was not heard of for a whole term.', expect.stringMatching(/^\/agents\//)],
      ['webhook_disabled', 'https://example.com/hook', 'It failed for days.', '/admin/webhooks'],
      ['quota_full', 'tasks_per_day', 'The workspace uses 5 of 5.', '/admin/quotas'],
      ['key_expiring', 'ci', expect.stringMatching(/^The key expires at .* UTC\.$/), '/admin/keys'],
    ]);
    expect(body.checked).toContainEqual({ kind: 'approval_waiting', total: 0 });
  });

  it('keeps an instance whose starts fail until it runs, and forgets what another generation went through', async () => {
    await instance('looping', 'failed', 'The process ended.', 1);
    const change = (to: string): Promise<number> =>
      run(
        `UPDATE instance_status SET ${to} WHERE instance_id = (SELECT id FROM instances WHERE name = 'looping')`,
      );
    const line = async (): Promise<string | undefined> => {
      const { body } = await plane.request<OverviewBody>('GET', '/api/v1/overview');
      const found = body.attention.find(({ object_name: name }) => name === 'looping');
      return found === undefined ? undefined : `${found.kind}: ${found.cause}`;
    };
    const becomes = (expected: string | undefined): Promise<void> =>
      eventually(async () => {
        expect(await line()).toBe(expected);
      });
    await becomes('instance_failed: The process ended.');
    await change(`phase = 'restarting', reason = 'Its process is being made.'`);
    await becomes('instance_failed: It exited with 1.');
    await change(`phase = 'running', reason = 'It answers.'`);
    await becomes(undefined);
    await change(`phase = 'restarting'`);
    await becomes('instance_failed: It exited with 1.');
    // Somebody has asked for another start: what is wanted now has not failed yet.
    await run(`UPDATE instances SET generation = 2 WHERE name = 'looping'`);
    await becomes(undefined);
    await run(`DELETE FROM instances WHERE name = 'looping'`);
  });

  it('shows no more than the lists behind it would', async () => {
    const of = async (who: string) =>
      (await plane.request<OverviewBody>('GET', '/api/v1/overview', undefined, as(who))).body;
    const few = await of('me:read,instances:read');
    expect(few.counts).toMatchObject({ agents: null, runs: null, tasks: null });
    expect(few.checked.map(({ kind }) => kind)).toEqual(['instance_failed', 'instance_unhealthy']);
    const other = await of('admin@other');
    expect(other.counts).toEqual({ instances: {}, agents: {}, runs: {}, tasks: {} });
    expect(other.attention).toEqual([]);
    // A key of somebody else is not this caller's affair.
    expect((await of('me:read,keys:read')).attention).toEqual([]);
  });

  it('draws calls of the last hours, counted once however often they are counted', async () => {
    const at = new Date(Date.now() - 3 * HOUR_MS);
    for (const durationMs of [10, 12, 14]) await call(at, 'ok', durationMs);
    await call(at, 'failed', 4_000);
    await call(new Date(at.getTime() + HOUR_MS), 'denied', 1);
    const rows = new MinuteRows(plane.db);
    // Each pass takes an hour of what lies behind.
    for (let passes = 0; passes < 6; passes += 1) expect(await rows.count()).toBe(true);

    const { body } = await plane.request<SeriesBody>('GET', '/api/v1/overview/series?range=24h');
    expect(body.times).toHaveLength(144);
    const busy = body.calls_per_minute.findIndex((calls) => calls > 0);
    expect(body.calls_per_minute.filter((calls) => calls > 0)).toEqual([0.4]);
    expect(body.error_rate[busy]).toBe(0.25);
    expect(body.p95_ms[busy]).toBeGreaterThan(3_000);
    const minute = await plane.db.query<{ waiting: number }>(
      `SELECT waiting_tasks AS waiting FROM overview_minute ORDER BY minute DESC LIMIT 1`,
    );
    expect(minute).toEqual([{ waiting: 1 }]);
    expect((await plane.request('GET', '/api/v1/overview/series?range=1y')).status).toBe(400);
    expect((await plane.request('GET', '/api/v1/overview/series', undefined, as('me:read'))).status).toBe(
      403,
    );
  });
});
