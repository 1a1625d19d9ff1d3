import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { NOT_REACHED } from '../engine/decide';
import { StageUnknownError } from '../engine/run.errors';
import { type StageRow, StageRows } from '../engine/stage-rows';
import { type EarlierStage } from './rerun-plan';

const INDEX = /^\d{1,5}$/;

/** Stages of a run as people name them: by index or by name. */
@Injectable()
export class RunStages {
  constructor(
    private readonly db: Database,
    private readonly rows: StageRows,
  ) {}

  /** A name may look like a number: where there is no stage of that index, it is one. */
  async find(runId: string, indexOrName: string): Promise<StageRow> {
    const byIndex = INDEX.test(indexOrName) ? await this.rows.find(runId, Number(indexOrName)) : undefined;
    const stage = byIndex ?? (await this.rows.find(runId, indexOrName));
    if (stage === undefined) throw new StageUnknownError(indexOrName);
    return stage;
  }

  /** Without compensations. What only the end of the run kept from its turn is pending. */
  all(runId: string): Promise<readonly EarlierStage[]> {
    return this.db.query<EarlierStage>(
      `SELECT id, position, CASE WHEN status = 'skipped' AND reason = $2 THEN 'pending' ELSE status END AS status
         FROM stage_run WHERE run_id = $1 AND compensates IS NULL ORDER BY position`,
      [runId, NOT_REACHED],
    );
  }
}
