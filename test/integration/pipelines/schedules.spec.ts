import { randomUUID } from 'node:crypto';
import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { EventAppender } from '@app/outbox';
import { type Principal } from '@app/telemetry';
import { testDatabase, type TestDatabase } from '@app/testing';
import { type Access, type Principals } from '../../../src/identity';
import { MIGRATIONS } from '../../../src/migrations';
import { GivenDocuments, PipelineVersions } from '../../../src/pipelines/definitions';
import { type RunCommands } from '../../../src/pipelines/runs/run-commands';
import { RunStarter } from '../../../src/pipelines/runs/run-starter';
import { ArgumentSchemas } from '../../../src/pipelines/definitions/tools/argument-schemas';
import { type Missed, type Overlap } from '../../../src/pipelines/schedules/decide-slots';
import { DueSchedules } from '../../../src/pipelines/schedules/due-schedules';
import { ScheduleRows } from '../../../src/pipelines/schedules/schedule-rows';
import { RunBell } from '../../../src/tasks';
import { LocalPubSub } from '../control-plane';

const OWNER: Principal = {
  ...{ id: 'ada', kind: 'user', name: 'ada', role: 'developer', permissions: 'all' },
  workspaceId: DEFAULT_WORKSPACE_ID,
};

const EVERY_MINUTE = '* * * * *';

describe('schedules', () => {
  let database: TestDatabase;
  let rows: ScheduleRows;
  let pipelineId: string;
  let firstSlot: Date;
  const cancelled: string[] = [];
  /** The owner of the schedules, or nobody once they left. */
  let owner: Principal | undefined;

  beforeAll(async () => {
    database = await testDatabase({ migrations: MIGRATIONS, poolSize: 10 });
    rows = new ScheduleRows(database.db);
  }, 120_000);

  beforeEach(async () => {
    owner = OWNER;
    pipelineId = randomUUID();
    cancelled.length = 0;
    const definition = { name: 'nightly', stages: [{ name: 'only', type: 'analysis' }] };
    await database.db.execute(`UPDATE pipeline_schedule SET next_at = NULL`);
    await database.db.execute(
      `INSERT INTO pipeline (id, workspace_id, name, created_by) VALUES ($1, $2, $3, 'test')`,
      [...[pipelineId, DEFAULT_WORKSPACE_ID, `p-${pipelineId}`]],
    );
    await database.db.execute(
      `INSERT INTO pipeline_version (pipeline_id, version, name, definition, created_by) VALUES ($1, 1, 'p', $2, 'test')`,
      [pipelineId, JSON.stringify(definition)],
    );
  });

  afterAll(() => database.drop());

  function worker(): DueSchedules {
    const { db } = database;
    const documents = new GivenDocuments(new ArgumentSchemas());
    const starter = new RunStarter(
      db,
      new PipelineVersions(db),
      new EventAppender(db),
      documents,
      new RunBell(new LocalPubSub()),
    );
    const commands: Pick<RunCommands, 'cancel'> = {
      cancel: (_scope, runId) => {
        cancelled.push(runId);
        return Promise.resolve();
      },
    };
    const principals: Pick<Principals, 'present'> = { present: () => Promise.resolve(owner) };
    const access: Pick<Access, 'demand'> = { demand: () => undefined };
    return new DueSchedules(
      db,
      rows,
      starter,
      commands as RunCommands,
      principals as Principals,
      access as Access,
    );
  }

  /** The first slot is so many minutes ago; it is the only one of its day, unless `cron` says otherwise. */
  async function schedule(
    minutesAgo: number,
    { cron, overlap = 'skip', missed = 'all' }: Partial<Wanted> = {},
  ): Promise<string> {
    const id = randomUUID();
    firstSlot = new Date(Math.floor(Date.now() / 60_000 - minutesAgo) * 60_000);
    const daily = `${String(firstSlot.getUTCMinutes())} ${String(firstSlot.getUTCHours())} * * *`;
    await rows.insert({
      ...{ id, workspaceId: DEFAULT_WORKSPACE_ID, pipelineId, cron: cron ?? daily, timezone: 'UTC' },
      ...{ overlap, missed },
      ...{
        input: { from: 'schedule' },
        parameters: {},
        enabled: true,
        nextAt: firstSlot,
        createdBy: 'user:ada',
      },
      owner: { workspaceId: DEFAULT_WORKSPACE_ID, submittedBy: 'user:ada' },
    });
    return id;
  }

  interface Wanted {
    readonly cron: string;
    readonly overlap: Overlap;
    readonly missed: Missed;
  }

  async function work(by: DueSchedules): Promise<void> {
    for (let turn = 0; turn < 50 && (await by.turn()); turn += 1);
  }

  const outcomes = async (id: string): Promise<readonly string[]> =>
    (await rows.slots(id, 200)).map(({ outcome }) => outcome).reverse();
  const runs = (): Promise<{ id: string; run_key: string; started_by: string }[]> =>
    database.db.query(
      `SELECT id, run_key, started_by FROM pipeline_run WHERE pipeline_id = $1 ORDER BY created_at`,
      [pipelineId],
    );
  const end = (): Promise<number> =>
    database.db.execute(
      `UPDATE pipeline_run SET status = 'completed', finished_at = now() WHERE finished_at IS NULL`,
    );

  it('start each slot once, however many workers look for it at once', async () => {
    const ids = await Promise.all(
      Array.from({ length: 5 }, () => schedule(10, { cron: EVERY_MINUTE, missed: 'once' })),
    );
    await Promise.all(Array.from({ length: 4 }, () => work(worker())));
    const started = await runs();
    expect(started).toHaveLength(5);
    expect(new Set(started.map(({ run_key: key }) => key.split('@')[0]))).toEqual(new Set(ids));
    expect(started[0]?.started_by).toBe('user:ada');
  });

  it('make up for what was missed as they are told', async () => {
    const every = { cron: EVERY_MINUTE, overlap: 'queue' } as const;
    const skipping = await schedule(120, { ...every, missed: 'skip' });
    const once = await schedule(120, { ...every, missed: 'once' });
    const all = await schedule(5, { ...every, missed: 'all' });
    await work(worker());
    // Only the slots of this minute and the one before are in time; older ones were missed.
    const started = (list: readonly string[]): number => list.filter((one) => one === 'started').length;
    expect((await outcomes(skipping)).slice(0, 90)).toEqual(Array.from({ length: 90 }, () => 'missed'));
    expect((await outcomes(skipping)).length).toBeLessThanOrEqual(102);
    expect(started(await outcomes(once))).toBe(1);
    expect((await outcomes(all)).slice(0, 3)).toEqual(['started', 'queued', 'queued']);
  });

  it('that queue start the next run when the one before has ended', async () => {
    const id = await schedule(3, { cron: EVERY_MINUTE, overlap: 'queue' });
    await work(worker());
    expect(await runs()).toHaveLength(1);
    await end();
    await Promise.all([work(worker()), work(worker())]);
    expect(await runs()).toHaveLength(2);
    expect((await outcomes(id)).slice(0, 3)).toEqual(['started', 'started', 'queued']);
  });

  it('that skip let a slot go while a run goes on', async () => {
    const id = await schedule(0, { overlap: 'skip' });
    await work(worker());
    await dueAgain(id);
    await work(worker());
    expect(await runs()).toHaveLength(1);
    expect(await outcomes(id)).toContain('overlapped');
  });

  it('that cancel end the run that goes on', async () => {
    const id = await schedule(0, { overlap: 'cancel' });
    await work(worker());
    const [first] = await runs();
    await dueAgain(id);
    await work(worker());
    expect(cancelled).toEqual([first?.id]);
    expect(await runs()).toHaveLength(2);
  });

  /** As if it were a day later: the slots that were settled are yesterday's, and one is due. */
  async function dueAgain(id: string): Promise<void> {
    await database.db.execute(
      `UPDATE pipeline_slot SET slot = slot - interval '1 day' WHERE schedule_id = $1`,
      [id],
    );
    await rows.moveOn(id, firstSlot);
    await database.db.execute(
      `UPDATE pipeline_run SET run_key = run_key || ' before' WHERE pipeline_id = $1`,
      [pipelineId],
    );
  }

  it('start nothing for somebody who is gone, and go on', async () => {
    const id = await schedule(0);
    owner = undefined;
    await work(worker());
    const [slot] = await rows.slots(id, 1);
    expect(slot).toMatchObject({ outcome: 'failed', runId: null, error: { code: 'permission_denied' } });
    const [after] = await rows.of(pipelineId);
    expect(after?.nextAt?.getTime()).toBeGreaterThan(slot?.slot.getTime() ?? 0);
  });

  it('forget nothing when the worker ends between claim and commit', async () => {
    await schedule(0);
    const broken = worker();
    const { db } = database;
    await expect(
      db.transaction(async () => {
        await broken.turn();
        throw new Error('killed');
      }),
    ).rejects.toThrow('killed');
    expect(await runs()).toHaveLength(0);
    await work(worker());
    expect(await runs()).toHaveLength(1);
  });
});
