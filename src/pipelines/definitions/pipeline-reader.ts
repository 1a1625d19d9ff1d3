import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type KeysetPosition, type Page } from '@app/kernel';
import { type Principal } from '@app/telemetry';
import { PipelineAccess } from './pipeline-access';
import { type PipelineBody } from './pipeline-body';
import {
  type LastRun,
  type PipelineSummary,
  type PipelineView,
  type VersionSummary,
  type VersionView,
} from './pipeline-view';
import { PipelineUnknownError, PipelineVersionUnknownError } from './pipeline.errors';

interface ViewRow {
  id: string;
  version: number;
  row_version: number;
  definition: PipelineBody;
  created_by: string;
  created_at: Date;
  updated_at: Date;
}

interface LastRunRow {
  run_id: string | null;
  run_status: string | null;
  run_at: Date | null;
}

type SummaryRow = Omit<ViewRow, 'definition'> &
  LastRunRow & { name: string; description: string; stage_count: number };

interface VersionRow {
  version: number;
  name: string;
  stage_count: number;
  created_by: string;
  created_at: Date;
}

const STAGE_COUNT = `jsonb_array_length(v.definition -> 'stages') AS stage_count`;
const VERSION_COLUMNS = `v.version, v.name, ${STAGE_COUNT}, v.created_by, v.created_at`;

/** What callers may see of pipelines. */
@Injectable()
export class PipelineReader {
  constructor(
    private readonly db: Database,
    private readonly access: PipelineAccess,
  ) {}

  async get(principal: Principal, idOrName: string): Promise<PipelineView> {
    const { id } = await this.access.demand(principal, 'pipelines:read', idOrName);
    return this.of(id);
  }

  /** For the answer to a change that was accepted: whoever made it may see what came of it. */
  async of(pipelineId: string): Promise<PipelineView> {
    const [row] = await this.db.query<ViewRow>(
      `SELECT p.id, p.version, p.row_version, v.definition, p.created_by, p.created_at, p.updated_at
         FROM pipeline p JOIN pipeline_version v ON v.pipeline_id = p.id AND v.version = p.version
        WHERE p.id = $1 AND p.archived_at IS NULL`,
      [pipelineId],
    );
    if (row === undefined) throw new PipelineUnknownError(pipelineId);
    const { id, version, definition: body } = row;
    return { id, version, body, rowVersion: row.row_version, createdBy: row.created_by, ...timesOf(row) };
  }

  /** By name, which is unique: it is sort value and id at once. */
  async page(
    principal: Principal,
    after: KeysetPosition | undefined,
    limit: number,
  ): Promise<Page<PipelineSummary>> {
    const { withoutIds } = this.access.reach(principal, 'pipelines:read');
    const rows = await this.db.query<SummaryRow>(
      `SELECT p.id, p.name, coalesce(v.definition ->> 'description', '') AS description, p.version, p.row_version,
              ${STAGE_COUNT}, p.created_by, p.created_at, p.updated_at, l.id AS run_id, l.status AS run_status,
              l.created_at AS run_at
         FROM pipeline p JOIN pipeline_version v ON v.pipeline_id = p.id AND v.version = p.version
         LEFT JOIN LATERAL (SELECT r.id, r.status, r.created_at FROM pipeline_run r WHERE r.pipeline_id = p.id
                             ORDER BY r.created_at DESC, r.id DESC LIMIT 1) l ON true
        WHERE p.workspace_id = $1 AND p.archived_at IS NULL AND p.name > $2 AND p.id <> ALL ($3::uuid[])
        ORDER BY p.name LIMIT $4`,
      [principal.workspaceId, after?.id ?? '', withoutIds, limit + 1],
    );
    return pageOf(rows, limit, ({ id, name, description, version, stage_count: stageCount, ...row }) => ({
      item: { id, name, description, version, stageCount, ...timesOf(row), lastRun: lastRunOf(row) },
      position: name,
    }));
  }

  /** Newest first. */
  async versions(
    principal: Principal,
    idOrName: string,
    { after, limit }: { readonly after: KeysetPosition | undefined; readonly limit: number },
  ): Promise<Page<VersionSummary>> {
    const { id } = await this.access.demand(principal, 'pipelines:read', idOrName);
    const rows = await this.db.query<VersionRow>(
      `SELECT ${VERSION_COLUMNS} FROM pipeline_version v
        WHERE v.pipeline_id = $1 AND ($2::integer IS NULL OR v.version < $2) ORDER BY v.version DESC LIMIT $3`,
      [id, after === undefined ? null : Number(after.id), limit + 1],
    );
    return pageOf(rows, limit, (row) => ({ item: toVersion(row), position: String(row.version) }));
  }

  async version(principal: Principal, idOrName: string, version: number): Promise<VersionView> {
    const { id, name } = await this.access.demand(principal, 'pipelines:read', idOrName);
    const [row] = await this.db.query<VersionRow & { definition: PipelineBody }>(
      `SELECT ${VERSION_COLUMNS}, v.definition FROM pipeline_version v WHERE v.pipeline_id = $1 AND v.version = $2`,
      [id, version],
    );
    if (row === undefined) throw new PipelineVersionUnknownError(name, version);
    return { ...toVersion(row), body: row.definition };
  }
}

const lastRunOf = ({ run_id, run_status: status, run_at: at }: LastRunRow): LastRun | null =>
  run_id === null || status === null || at === null ? null : { run_id, status, created_at: at.toISOString() };

const timesOf = (row: { created_at: Date; updated_at: Date }): { createdAt: Date; updatedAt: Date } => ({
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

const toVersion = (row: VersionRow): VersionSummary => ({
  ...{ version: row.version, name: row.name, stageCount: row.stage_count },
  ...{ createdBy: row.created_by, createdAt: row.created_at },
});

function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  told: (row: Row) => { readonly item: Item; readonly position: string },
): Page<Item> {
  const shown = rows.slice(0, limit).map(told);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  const next = last === undefined ? null : { sort: last.position, id: last.position };
  return { items: shown.map(({ item }) => item), next };
}
