import { type Type } from '@nestjs/common';
import { type Database } from '@app/database';
import { type JsonObject, type JsonValue } from '@app/kernel';
import { PubSub } from '@app/queues';
import { AgentsOptions } from '../../../src/agents';
import { PipelinesApiModule, PipelinesOptions, RunClock, RunEngine } from '../../../src/pipelines';
import { RunRows } from '../../../src/pipelines/engine/run-rows';
import { TurnPlayer } from '../../../src/pipelines/engine/turn-player';
import { TaskOutcomes, TasksOptions } from '../../../src/tasks';
import { type Answer, ControlPlane } from '../control-plane';

export interface OpenTask {
  readonly id: string;
  readonly type: string;
  readonly payload: JsonObject;
  readonly stage_mark: number;
}

export interface StageShown {
  readonly stage: number;
  readonly name: string;
  readonly status: string;
  readonly attempts: readonly { readonly outcome: string | null; readonly run_id: string | null }[];
  readonly task_ids: readonly string[];
  readonly input: JsonValue;
  readonly output: JsonValue;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly approval: JsonObject | null;
}

export interface RunShown {
  readonly run_id: string;
  readonly status: string;
  readonly current_stage: number | null;
  readonly completed_stages: readonly number[];
  readonly progress: number;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly waiting_for: string | null;
  readonly rerun_of: string | null;
  readonly stages: readonly StageShown[];
}

/** Dispatch, in a nutshell: these tasks are somebody's now. */
const CLAIM = `
  WITH claimed AS (
    UPDATE task SET status = 'running', attempt = attempt + 1, lease_gen = lease_gen + 1, started_at = now(),
           lease_until = now() + interval '30 seconds', run_deadline = now() + timeout_s * interval '1 second'
     WHERE id = ANY($1) AND status IN ('pending', 'retrying')
    RETURNING id, lease_gen, attempt
  ), begun AS (
    INSERT INTO task_attempt (task_id, lease_gen, attempt, agent_name) SELECT id, lease_gen, attempt, 'somebody' FROM claimed
  )
  SELECT id AS "taskId", lease_gen AS "leaseGen" FROM claimed`;

/** The API of pipelines and runs, their engine, and a hand that does the work of agents. */
export class RunsWorld {
  private constructor(readonly plane: ControlPlane) {}

  static async start(more: readonly Type[] = []): Promise<RunsWorld> {
    return new RunsWorld(
      await ControlPlane.start({
        contexts: [PipelinesApiModule, ...more],
        options: [
          new TasksOptions(50, 3_600, 'http://localhost'),
          new AgentsOptions(100, 'http://localhost'),
          new PipelinesOptions('http://localhost', '0.0.0'),
        ],
      }),
    );
  }

  get db(): Database {
    return this.plane.db;
  }

  get engine(): RunEngine {
    return this.plane.app.get(RunEngine, { strict: false });
  }

  /** Of another process. */
  otherEngine(): RunEngine {
    const { app, db } = this.plane;
    return new RunEngine(db, app.get(RunRows, { strict: false }), app.get(TurnPlayer, { strict: false }));
  }

  clock(): RunClock {
    return new RunClock(
      this.plane.app.get(RunRows, { strict: false }),
      this.engine,
      this.plane.app.get(PubSub, { strict: false }),
    );
  }

  ask<T = Readonly<Record<string, unknown>>>(path: string, body?: object, as = 'admin'): Promise<Answer<T>> {
    const headers = { authorization: `Bearer ${as}` };
    return this.plane.request<T>(body === undefined ? 'GET' : 'POST', `/api/v1${path}`, body, headers);
  }

  async define(name: string, stages: readonly object[], more: object = {}): Promise<string> {
    const { status, body } = await this.ask('/pipelines', { name, stages, ...more });
    if (status !== 201) throw new Error(JSON.stringify(body));
    return body['id'] as string;
  }

  /** A run whose first stages have been begun. */
  async begun(pipeline: string, body: object = {}): Promise<string> {
    const { status, body: run } = await this.ask(`/pipelines/${pipeline}/execute`, body);
    if (status !== 202) throw new Error(JSON.stringify(run));
    await this.engine.advance(run['run_id'] as string);
    return run['run_id'] as string;
  }

  async run(id: string): Promise<RunShown> {
    return (await this.ask<RunShown>(`/runs/${id}`)).body;
  }

  /** What becomes of stages, by name. */
  async statuses(id: string): Promise<Readonly<Record<string, string>>> {
    return Object.fromEntries((await this.run(id)).stages.map(({ name, status }) => [name, status]));
  }

  open(runId: string): Promise<readonly OpenTask[]> {
    return this.db.query<OpenTask>(
      `SELECT id, type, payload, stage_mark FROM task WHERE run_id = $1 AND status IN ('pending', 'running') ORDER BY stage_mark`,
      [runId],
    );
  }

  /** All tasks that are open end like this, without anybody being told. */
  async end(
    runId: string,
    how: { result: JsonValue } | { code: string; retryable?: boolean },
  ): Promise<number> {
    const tasks = await this.open(runId);
    const leases = await this.db.query<{ taskId: string; leaseGen: number }>(CLAIM, [
      tasks.map(({ id }) => id),
    ]);
    const { code, retryable = true } = 'code' in how ? how : { code: '' };
    const outcome = 'result' in how ? how : { error: { code, message: 'It went wrong.', retryable } };
    const outcomes = this.plane.app.get(TaskOutcomes, { strict: false });
    await outcomes.settle(leases.map((lease) => ({ ...lease, ...outcome })));
    return leases.length;
  }

  /** The same, and the engine looks. */
  async finish(
    runId: string,
    how: Parameters<RunsWorld['end']>[1] = { result: { ok: true } },
  ): Promise<void> {
    await this.end(runId, how);
    await this.engine.advance(runId);
  }

  /** Ends stage after stage until the run is over. */
  async finishAll(runId: string): Promise<RunShown> {
    for (let waves = 0; waves < 50; waves += 1) {
      const ended = await this.end(runId, { result: { ok: true } });
      await this.engine.advance(runId);
      if (ended === 0) break;
    }
    return this.run(runId);
  }

  /** As if the time that something of this run waits for had come. */
  async pass(runId: string): Promise<void> {
    await this.db.execute(`UPDATE stage_run SET due_at = now() WHERE run_id = $1 AND due_at IS NOT NULL`, [
      runId,
    ]);
    await this.clock().lookAtDue();
  }

  async eventsOf(runId: string): Promise<readonly string[]> {
    const rows = await this.db.query<{ name: string; stage: string | null }>(
      `SELECT name, data ->> 'stage_name' AS stage FROM domain_event JOIN outbox ON event_id = domain_event.id
        WHERE aggregate_type = 'runs' AND aggregate_id = $1 ORDER BY outbox.id`,
      [runId],
    );
    return rows.map(({ name, stage }) => name.replace('pipeline.', '') + (stage === null ? '' : ` ${stage}`));
  }

  /** How many tasks each stage has had. */
  async taskCounts(runId: string): Promise<Readonly<Record<string, number>>> {
    const rows = await this.db.query<{ name: string; count: number }>(
      `SELECT s.name, count(*)::integer AS count FROM task t JOIN stage_run s ON s.id = t.stage_run_id
        WHERE t.run_id = $1 GROUP BY s.name`,
      [runId],
    );
    return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
  }

  stop(): Promise<void> {
    return this.plane.stop();
  }
}
