import { Injectable } from '@nestjs/common';
import { Database, prepared, storableJson } from '@app/database';
import { appending } from '@app/outbox';
import { HANDICAP_S, laneOf } from '../dispatch/lane';
import { type TaskDraft, type TaskOwner } from '../domain/task-draft';

/** A draft with all its defaults, whose agent is known. */
export interface PreparedTask extends Required<
  Pick<TaskDraft, 'type' | 'payload' | 'priority' | 'capabilities' | 'timeoutS' | 'retryCount' | 'executor'>
> {
  readonly id: string;
  readonly draft: TaskDraft;
  readonly wantedAgent: string | null;
  /** Of the payload as JSON. */
  readonly bytes: number;
  readonly retryOf: string | null;
}

export interface StoredTask {
  readonly id: string;
  readonly dueAt: Date;
  readonly createdAt: Date;
}

export interface Origin {
  readonly correlationId: string;
  readonly traceparent: string | null;
}

/**
 * A time that has passed means now. All that may take is counted from when it is first due: whoever wants it done tomorrow
 * does not want it to have timed out by then.
 */
const INSERT = prepared(`
  WITH given AS (
    SELECT r.*, greatest(r.run_at, now()) AS due FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS (
      id uuid, type text, payload jsonb, pipeline_mark text, stage_mark jsonb, run_id uuid, stage_run_id uuid, executor text,
      capabilities jsonb, wanted_agent uuid, concurrency_key text, priority text, lane text, handicap_s integer,
      run_at timestamptz, retry_count integer, timeout_s integer, queue_timeout_s integer, total_timeout_s integer,
      retry_of uuid, correlation_id text, traceparent text
    )) AS r
  ), stored AS (
  INSERT INTO task (id, workspace_id, type, payload, pipeline_mark, stage_mark, run_id, stage_run_id, executor, capabilities,
                    wanted_agent, concurrency_key, priority, lane, rank, due_at, retry_count, timeout_s, queue_timeout_s,
                    total_timeout_s, queue_deadline, total_deadline, retry_of,
                    submitted_by, user_id, key_id, agent_id, correlation_id, traceparent)
  SELECT id, $2::uuid, type, payload, pipeline_mark, stage_mark, run_id, stage_run_id, executor,
         ARRAY(SELECT jsonb_array_elements_text(capabilities)), wanted_agent, concurrency_key, priority, lane,
         due + handicap_s * interval '1 second', due, retry_count, timeout_s, queue_timeout_s, total_timeout_s,
         due + queue_timeout_s * interval '1 second', due + total_timeout_s * interval '1 second', retry_of,
         $3, $4, $5, $6, correlation_id, traceparent
    FROM given
  ON CONFLICT (id) DO NOTHING
  RETURNING id, due_at AS "dueAt", created_at AS "createdAt"
  ), ${appending('$7', 'aggregate_id IN (SELECT id::text FROM stored)')}
  SELECT * FROM stored`);

@Injectable()
export class SubmissionRows {
  constructor(private readonly db: Database) {}

  /**
   * One that is there already was submitted by the first try of the same request, and is neither answered nor told of.
   */
  insert(
    owner: TaskOwner,
    tasks: readonly (PreparedTask & { readonly origin: Origin })[],
    events: string,
  ): Promise<readonly StoredTask[]> {
    const rows = tasks.map((task) => toRow(owner, task));
    return this.db.query<StoredTask>(INSERT, [
      ...[storableJson(rows), owner.workspaceId, owner.submittedBy],
      ...[owner.userId ?? null, owner.keyId ?? null, owner.agentId ?? null, events],
    ]);
  }

  /** Which of the ids are taken. */
  async known(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.db.query<{ id: string }>(`SELECT id FROM task WHERE id = ANY ($1::uuid[])`, [
      ids,
    ]);
    return new Set(rows.map(({ id }) => id));
  }
}

const orNull = <T>(value: T | undefined): T | null => value ?? null;

function toRow(owner: TaskOwner, task: PreparedTask & { readonly origin: Origin }): object {
  const { draft, origin } = task;
  const concurrencyKey = orNull(draft.concurrencyKey);
  return {
    ...{ id: task.id, type: task.type, payload: task.payload, priority: task.priority },
    ...{ pipeline_mark: orNull(draft.pipelineMark), stage_mark: orNull(draft.stageMark) },
    ...{ run_id: orNull(draft.run?.runId), stage_run_id: orNull(draft.run?.stageRunId) },
    ...{ executor: task.executor, capabilities: task.capabilities, wanted_agent: task.wantedAgent },
    concurrency_key: concurrencyKey,
    lane: laneOf({ ...ownerTraits(owner), ...task, concurrencyKey }),
    handicap_s: HANDICAP_S[task.priority],
    run_at: orNull(draft.runAt?.toISOString()),
    ...{ retry_count: task.retryCount, timeout_s: task.timeoutS },
    queue_timeout_s: orNull(draft.queueTimeoutS),
    total_timeout_s: orNull(draft.totalTimeoutS),
    retry_of: task.retryOf,
    ...{ correlation_id: origin.correlationId, traceparent: origin.traceparent },
  };
}

const ownerTraits = ({ workspaceId, userId, keyId, agentId }: TaskOwner) => ({
  ...{ workspaceId, userId: orNull(userId), keyId: orNull(keyId), agentId: orNull(agentId) },
});
