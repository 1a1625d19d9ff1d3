import { randomUUID } from 'node:crypto';
import { type Database } from '@app/database';
import { type Case, type Made } from './audited-case';

const RUNS = '/api/v1/runs';
const APPROVED = randomUUID();
const REJECTED = randomUUID();
const CANCELLED = randomUUID();

/** A run of the pipeline made before, whose only stage waits for a decision: no worker is there to bring it so far. */
const waiting =
  (id: string) =>
  async (db: Database, made: Made): Promise<void> => {
    await db.execute(
      `INSERT INTO pipeline_run (id, workspace_id, pipeline_id, pipeline_name, version, status, cause, input, parameters, total,
                                 waiting, started_by, correlation_id)
       SELECT $1, workspace_id, id, name, 1, 'waiting_approval', 'api', '{}', '{}', 1, 1, 'key:bootstrap', 'test'
         FROM pipeline WHERE id = $2`,
      [id, made.get('createPipeline')],
    );
    await db.execute(
      `INSERT INTO stage_run (id, run_id, position, name, kind, remaining_deps, status, attempt)
       VALUES (gen_random_uuid(), $1, 0, 'only', 'approval', 0, 'waiting_approval', 1)`,
      [id],
    );
  };

/** In this order, between the making of a pipeline and its end. */
export const RUN_CASES: readonly Case[] = [
  {
    operation: 'executePipeline',
    path: (made) => `/api/v1/pipelines/${made.get('createPipeline') ?? ''}/execute`,
    body: () => ({ input_data: { source: 's3://bucket/a' } }),
    action: 'pipeline.run.started',
  },
  {
    operation: 'approveStage',
    prepare: waiting(APPROVED),
    path: () => `${RUNS}/${APPROVED}/stages/only/approve`,
    body: () => ({ comment: 'Fine.' }),
    action: 'pipeline.stage.approved',
  },
  {
    operation: 'rejectStage',
    prepare: waiting(REJECTED),
    path: () => `${RUNS}/${REJECTED}/stages/0/reject`,
    body: () => ({}),
    action: 'pipeline.stage.rejected',
  },
  {
    operation: 'rerunRun',
    path: () => `${RUNS}/${REJECTED}/rerun`,
    body: () => ({}),
    action: 'pipeline.run.started',
  },
  {
    operation: 'cancelRun',
    prepare: waiting(CANCELLED),
    path: () => `${RUNS}/${CANCELLED}/cancel`,
    body: () => ({}),
    action: 'pipeline.run.cancel.requested',
  },
];
