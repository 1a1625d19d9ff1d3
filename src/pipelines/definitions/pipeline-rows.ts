import { Injectable } from '@nestjs/common';
import { Database, isUniqueViolation, storableJson } from '@app/database';
import { isUuid, type Scope } from '@app/kernel';
import { type PipelineBody } from './pipeline-body';
import { PipelineNameTakenError } from './pipeline.errors';

export interface PipelineRow {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly rowVersion: number;
}

export interface NewVersion {
  readonly pipelineId: string;
  readonly version: number;
  readonly body: PipelineBody;
  readonly uses: readonly string[];
  readonly createdBy: string;
}

/** Users of a pipeline that an error names. */
const USERS_SHOWN_MAX = 10;

/** SQL of pipelines that changes something; joins the caller's transaction. */
@Injectable()
export class PipelineRows {
  constructor(private readonly db: Database) {}

  /** Locks it, so that of two changes the second sees the first. */
  async lock({ workspaceId }: Scope, idOrName: string): Promise<PipelineRow | undefined> {
    const [row] = await this.db.query<PipelineRow>(
      `SELECT id, name, version, row_version AS "rowVersion" FROM pipeline
        WHERE workspace_id = $1 AND (id = $2::uuid OR name = $3) AND archived_at IS NULL
        ORDER BY id = $2::uuid DESC NULLS LAST LIMIT 1 FOR UPDATE`,
      [workspaceId, isUuid(idOrName) ? idOrName : null, idOrName],
    );
    return row;
  }

  async insert({ workspaceId }: Scope, { pipelineId, body, createdBy }: NewVersion): Promise<void> {
    await unlessTaken(body.name, () =>
      this.db.execute(`INSERT INTO pipeline (id, workspace_id, name, created_by) VALUES ($1, $2, $3, $4)`, [
        ...[pipelineId, workspaceId, body.name, createdBy],
      ]),
    );
  }

  async point({ pipelineId, version, body }: NewVersion): Promise<void> {
    await unlessTaken(body.name, () =>
      this.db.execute(
        `UPDATE pipeline SET version = $2, name = $3, row_version = row_version + 1, updated_at = now() WHERE id = $1`,
        [pipelineId, version, body.name],
      ),
    );
  }

  async addVersion({ pipelineId, version, body, uses, createdBy }: NewVersion): Promise<void> {
    await this.db.execute(
      `INSERT INTO pipeline_version (pipeline_id, version, name, definition, uses, created_by)
       VALUES ($1, $2, $3, $4::jsonb, $5::uuid[], $6)`,
      [pipelineId, version, body.name, storableJson(body), uses, createdBy],
    );
  }

  /** Names of the pipelines whose newest version has this one as a stage. */
  async usersOf(pipelineId: string): Promise<readonly string[]> {
    const rows = await this.db.query<{ name: string }>(
      `SELECT p.name FROM pipeline_version v JOIN pipeline p ON p.id = v.pipeline_id AND p.version = v.version
        WHERE v.uses @> ARRAY[$1::uuid] AND p.id <> $1 AND p.archived_at IS NULL ORDER BY p.name LIMIT $2`,
      [pipelineId, USERS_SHOWN_MAX],
    );
    return rows.map(({ name }) => name);
  }

  /** Kept while there are runs of it: what ran stays readable. Its schedules go in any case. */
  async remove(pipelineId: string): Promise<void> {
    const removed = await this.db.execute(
      `DELETE FROM pipeline p WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM pipeline_run WHERE pipeline_id = p.id)`,
      [pipelineId],
    );
    if (removed > 0) return;
    await this.db.execute(`DELETE FROM pipeline_schedule WHERE pipeline_id = $1`, [pipelineId]);
    await this.db.execute(
      `UPDATE pipeline SET archived_at = now(), row_version = row_version + 1, updated_at = now() WHERE id = $1`,
      [pipelineId],
    );
  }
}

async function unlessTaken(name: string, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (isUniqueViolation(error, 'pipeline_by_name')) throw new PipelineNameTakenError(name);
    throw error;
  }
}
