import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { isUuid } from '@app/kernel';
import { Keyring } from '@app/security';
import { ImportNotFoundError } from '../domain/import.errors';
import { type ImportFormat } from '../domain/found-server';
import {
  type ImportPlan,
  type ImportStatus,
  type ItemResult,
  type ItemSecrets,
  type MadeItem,
  type PlanItem,
} from '../domain/import-plan';

interface PlanRow {
  id: string;
  workspace_id: string;
  created_by: string;
  format: ImportFormat;
  status: ImportStatus;
  items: PlanItem[];
  sealed: string | null;
  made: MadeItem[];
  results: ItemResult[];
  created_at: Date;
  expires_at: Date | null;
}

export interface Importer {
  readonly workspaceId: string;
  /** Who is asking, as it is written down: plans are their maker's alone. */
  readonly actor: string;
}

const PLAN_LASTS_S = 3_600;
/** Per importer; older ones make room. */
const OPEN_PLANS_MAX = 20;
const KEPT_DAYS = 30;
const LIST_MAX = 20;
const PURPOSE = 'import';
const COLUMNS = `id, workspace_id, created_by, format, status, items, sealed, made, results, created_at, expires_at`;

@Injectable()
export class ImportStore {
  constructor(
    private readonly db: Database,
    private readonly keyring: Keyring,
  ) {}

  async insert(
    { workspaceId, actor }: Importer,
    plan: { readonly id: string; readonly format: ImportFormat; readonly items: readonly PlanItem[] },
    secrets: readonly ItemSecrets[],
  ): Promise<void> {
    await this.makeRoom({ workspaceId, actor });
    await this.db.execute(
      `INSERT INTO import_plan (id, workspace_id, created_by, format, items, sealed, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7))`,
      [
        ...[plan.id, workspaceId, actor, plan.format, JSON.stringify(plan.items)],
        ...[
          hasAny(secrets) ? this.keyring.seal(PURPOSE, JSON.stringify(secrets), plan.id) : null,
          PLAN_LASTS_S,
        ],
      ],
    );
  }

  async get(importer: Importer, id: string): Promise<ImportPlan> {
    return toPlan(await this.row(importer, id, ''));
  }

  /** Those that were committed, newest first. */
  async list({ workspaceId, actor }: Importer): Promise<readonly ImportPlan[]> {
    const rows = await this.db.query<PlanRow>(
      `SELECT ${COLUMNS} FROM import_plan
        WHERE workspace_id = $1 AND created_by = $2 AND status <> 'planned'
        ORDER BY created_at DESC, id DESC LIMIT ${LIST_MAX}`,
      [workspaceId, actor],
    );
    return rows.map(toPlan);
  }

  /** With a row lock: one commit, or one undo, at a time. */
  async lock(importer: Importer, id: string): Promise<ImportPlan & { readonly sealed: string | null }> {
    const row = await this.row(importer, id, 'FOR UPDATE');
    return { ...toPlan(row), sealed: row.sealed };
  }

  /** undefined when the key is gone that they were sealed with: the plan is as good as over. */
  open(id: string, sealed: string | null): readonly ItemSecrets[] | undefined {
    if (sealed === null) return [];
    const text = this.keyring.open(PURPOSE, sealed, id);
    return text === undefined ? undefined : (JSON.parse(text) as ItemSecrets[]);
  }

  async setStatus(id: string, status: ImportStatus): Promise<void> {
    await this.db.execute(
      `UPDATE import_plan SET status = $2, sealed = NULL, expires_at = NULL WHERE id = $1`,
      [id, status],
    );
  }

  async remember(id: string, made: MadeItem): Promise<void> {
    await this.db.execute(`UPDATE import_plan SET made = made || $2::jsonb WHERE id = $1`, [
      id,
      JSON.stringify([made]),
    ]);
  }

  async setMade(id: string, made: readonly MadeItem[], results: readonly ItemResult[]): Promise<void> {
    await this.db.execute(`UPDATE import_plan SET made = $2::jsonb, results = $3::jsonb WHERE id = $1`, [
      id,
      JSON.stringify(made),
      JSON.stringify(results),
    ]);
  }

  async setResults(id: string, results: readonly ItemResult[]): Promise<void> {
    await this.db.execute(`UPDATE import_plan SET results = $2::jsonb WHERE id = $1`, [
      id,
      JSON.stringify(results),
    ]);
  }

  async drop(id: string): Promise<void> {
    await this.db.execute(`DELETE FROM import_plan WHERE id = $1`, [id]);
  }

  private async row({ workspaceId, actor }: Importer, id: string, lock: string): Promise<PlanRow> {
    const rows = isUuid(id)
      ? await this.db.query<PlanRow>(
          `SELECT ${COLUMNS} FROM import_plan
            WHERE id = $1 AND workspace_id = $2 AND created_by = $3 AND (expires_at IS NULL OR expires_at > now()) ${lock}`,
          [id, workspaceId, actor],
        )
      : [];
    const [row] = rows;
    if (row === undefined) throw new ImportNotFoundError();
    return row;
  }

  /** Plans that are over go with the next one that is made; nothing else has to sweep them. */
  private async makeRoom({ workspaceId, actor }: Importer): Promise<void> {
    await this.db.execute(
      `DELETE FROM import_plan WHERE expires_at < now() OR created_at < now() - make_interval(days => $1)`,
      [KEPT_DAYS],
    );
    await this.db.execute(
      `DELETE FROM import_plan WHERE id IN (
         SELECT id FROM import_plan WHERE workspace_id = $1 AND created_by = $2 AND status = 'planned'
          ORDER BY created_at DESC OFFSET $3)`,
      [workspaceId, actor, OPEN_PLANS_MAX - 1],
    );
  }
}

const hasAny = (secrets: readonly ItemSecrets[]): boolean =>
  secrets.some((each) => [each.environment, each.headers].some((values) => Object.keys(values).length > 0));

const toPlan = (row: PlanRow): ImportPlan => ({
  id: row.id,
  workspaceId: row.workspace_id,
  createdBy: row.created_by,
  format: row.format,
  status: row.status,
  items: row.items,
  made: row.made,
  results: row.results,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
});
