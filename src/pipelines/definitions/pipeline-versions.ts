import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { isUuid, type Scope } from '@app/kernel';
import { type LoadedPipeline } from './definition';
import { type PipelineBody } from './pipeline-body';
import { PipelineUnknownError, PipelineVersionUnknownError } from './pipeline.errors';
import { toDefinition } from './to-definition';

interface VersionRow {
  pipeline_id: string;
  workspace_id: string;
  name: string;
  version: number;
  definition: PipelineBody;
}

/** Versions never change, so they are kept parsed; the one used longest ago goes first. */
const KEPT_MAX = 200;

const COLUMNS = `p.id AS pipeline_id, p.workspace_id, p.name, v.version, v.definition`;

/** What is to be run. Asks nobody's permission: who starts runs for others asks `PipelineAccess` first. */
@Injectable()
export class PipelineVersions {
  private readonly kept = new Map<string, LoadedPipeline>();

  constructor(private readonly db: Database) {}

  /** For a new run: the newest version, or the one that is named. What was deleted starts no more runs. */
  async load({ workspaceId }: Scope, idOrName: string, version?: number): Promise<LoadedPipeline> {
    const [row] = await this.db.query<Omit<VersionRow, 'definition'> & { definition: PipelineBody | null }>(
      `SELECT ${COLUMNS} FROM pipeline p
         LEFT JOIN pipeline_version v ON v.pipeline_id = p.id AND v.version = coalesce($4::integer, p.version)
        WHERE p.workspace_id = $1 AND (p.id = $2::uuid OR p.name = $3) AND p.archived_at IS NULL
        ORDER BY p.id = $2::uuid DESC NULLS LAST LIMIT 1`,
      [workspaceId, isUuid(idOrName) ? idOrName : null, idOrName, version ?? null],
    );
    if (row === undefined) throw new PipelineUnknownError(idOrName);
    const { definition } = row;
    if (definition === null) throw new PipelineVersionUnknownError(row.name, version ?? 0);
    return this.keep({ ...row, definition });
  }

  /** For a run that has begun: the version it began with, also when the pipeline was deleted meanwhile. */
  async pinned(pipelineId: string, version: number): Promise<LoadedPipeline> {
    const known = this.kept.get(keyOf(pipelineId, version));
    if (known !== undefined) return known;
    const [row] = await this.db.query<VersionRow>(
      `SELECT ${COLUMNS} FROM pipeline_version v JOIN pipeline p ON p.id = v.pipeline_id
        WHERE v.pipeline_id = $1 AND v.version = $2`,
      [pipelineId, version],
    );
    if (row === undefined) throw new PipelineVersionUnknownError(pipelineId, version);
    return this.keep(row);
  }

  private keep(row: VersionRow): LoadedPipeline {
    const loaded: LoadedPipeline = {
      ...{ pipelineId: row.pipeline_id, workspaceId: row.workspace_id, name: row.name, version: row.version },
      definition: toDefinition(row.definition),
    };
    const key = keyOf(loaded.pipelineId, loaded.version);
    this.kept.delete(key);
    this.kept.set(key, loaded);
    const oldest = this.kept.size > KEPT_MAX ? this.kept.keys().next().value : undefined;
    if (oldest !== undefined) this.kept.delete(oldest);
    return loaded;
  }
}

const keyOf = (pipelineId: string, version: number): string => `${pipelineId}@${String(version)}`;
