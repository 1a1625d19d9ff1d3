import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { EventAppender } from '@app/outbox';
import { type JsonObject, type JsonValue, type Scope } from '@app/kernel';
import { type Principal } from '@app/telemetry';
import { PipelineVersions } from '../definitions';
import { RunEngine } from '../engine/run-engine';
import { runEvent } from '../engine/run-events';
import { graphOf } from '../engine/run-graph';
import { type LockedRun, RunRows } from '../engine/run-rows';
import { RunNotOverError, RunOverError, RunUnknownError } from '../engine/run.errors';
import { isOver } from '../engine/run-state';
import { ownerOfRequest } from '../engine/run-owner';
import { reusedStages } from './rerun-plan';
import { RunAccess } from './run-access';
import { RunStages } from './run-stages';
import { RunStarter, type StartedRun } from './run-starter';

export interface RerunWish {
  /** Index or name; absent: everything anew. */
  readonly fromStage?: string | undefined;
  /** Instead of what the earlier run was given. */
  readonly input?: JsonValue | undefined;
  readonly parameters?: JsonObject | undefined;
}

/** What people and schedules do with runs. */
@Injectable()
export class RunCommands {
  constructor(
    private readonly db: Database,
    private readonly rows: RunRows,
    private readonly engine: RunEngine,
    private readonly events: EventAppender,
  ) {}

  /** What is under way is asked to end; the run is over when it has. Joins the open transaction. */
  async cancel(scope: Scope, runId: string, reason: string): Promise<void> {
    await this.db.transaction(async () => {
      const run = await this.rows.lock(runId);
      if (run?.owner.workspaceId !== scope.workspaceId) throw new RunUnknownError();
      // Asked for twice it is cancelled once.
      if (run.status === 'cancelled' || run.ending?.as === 'cancelled') return;
      if (isOver(run.status)) throw new RunOverError(run.status);
      await this.events.append([runEvent('cancel.requested', factsOf(run))], scope);
      const error = { code: 'run_cancelled', message: reason };
      await this.engine.happen(runId, () => ({ kind: 'cancel', error }));
    });
  }
}

/** Runs that begin where an earlier one stood. */
@Injectable()
export class Reruns {
  constructor(
    private readonly db: Database,
    private readonly access: RunAccess,
    private readonly versions: PipelineVersions,
    private readonly stages: RunStages,
    private readonly starter: RunStarter,
  ) {}

  /** The same version of the pipeline: what was made by one would not fit the stages of another. */
  async rerun(principal: Principal, runId: string, { fromStage, ...wish }: RerunWish): Promise<StartedRun> {
    const run = await this.access.demand(principal, 'pipelines:execute', runId);
    if (!isOver(run.status)) throw new RunNotOverError(run.status);
    const { definition } = await this.versions.pinned(run.pipelineId, run.version);
    const from = fromStage === undefined ? undefined : (await this.stages.find(run.id, fromStage)).position;
    const reused = reusedStages(graphOf(definition), await this.stages.all(run.id), from);
    const given = await this.givenTo(run.id);
    return this.starter.start(ownerOfRequest(), {
      ...{ pipeline: run.pipelineId, version: run.version, cause: 'rerun' },
      ...{ input: wish.input ?? given.input, parameters: wish.parameters ?? given.parameters },
      notification: given.notification ?? undefined,
      rerun: { of: run.id, from: from ?? null, reused },
    });
  }

  private async givenTo(runId: string): Promise<Given> {
    const [given] = await this.db.query<Given>(
      `SELECT input, parameters, notification FROM pipeline_run WHERE id = $1`,
      [runId],
    );
    if (given === undefined) throw new RunUnknownError();
    return given;
  }
}

interface Given {
  input: JsonValue;
  parameters: JsonObject;
  notification: { readonly webhook?: string; readonly email?: string } | null;
}

const factsOf = (run: LockedRun) => ({
  ...{ id: run.id, pipelineId: run.pipelineId, pipelineName: run.pipelineName, version: run.version },
  ...{ status: run.status, currentStage: run.currentStage, completedStages: run.completedStages },
  ...{ total: run.total, parentRunId: run.parentRunId },
});
