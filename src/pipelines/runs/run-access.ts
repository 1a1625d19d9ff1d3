import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { isUuid } from '@app/kernel';
import { type Principal } from '@app/telemetry';
import { Access, type Permission } from '../../identity';
import { RunUnknownError } from '../engine/run.errors';
import { type RunStatus } from '../engine/run-state';

export interface FoundRun {
  readonly id: string;
  readonly pipelineId: string;
  readonly pipelineName: string;
  readonly version: number;
  readonly status: RunStatus;
}

/** A run is as closed as its pipeline is, also after that was deleted. */
@Injectable()
export class RunAccess {
  constructor(
    private readonly db: Database,
    private readonly access: Access,
  ) {}

  async demand(principal: Principal, permission: Permission, runId: string): Promise<FoundRun> {
    const { workspaceId } = principal;
    const [run] = isUuid(runId)
      ? await this.db.query<FoundRun>(
          `SELECT id, pipeline_id AS "pipelineId", pipeline_name AS "pipelineName", version, status
             FROM pipeline_run WHERE id = $1 AND workspace_id = $2`,
          [runId, workspaceId],
        )
      : [];
    if (run === undefined) throw new RunUnknownError();
    const pipeline = { type: 'pipelines', id: run.pipelineId, name: run.pipelineName, workspaceId } as const;
    this.access.demand(principal, permission, pipeline, () => new RunUnknownError());
    return run;
  }

  /** Pipelines whose runs are in no list of the caller. */
  closedTo(principal: Principal): readonly string[] {
    return this.access.reach(principal, 'pipelines', 'pipelines:read').withoutIds;
  }
}
