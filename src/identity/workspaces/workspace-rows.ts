import { Injectable } from '@nestjs/common';
import { Database, isForeignKeyViolation, isUniqueViolation } from '@app/database';
import { DEFAULT_WORKSPACE_ID, isUuid, type KeysetPosition, type Page } from '@app/kernel';
import { WorkspaceInUseError, WorkspaceNameTakenError, WorkspaceUnknownError } from './workspace.errors';

export interface Workspace {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly rowVersion: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

interface WorkspaceRow {
  id: string;
  name: string;
  description: string;
  row_version: number;
  created_at: Date;
  updated_at: Date;
}

const COLUMNS = 'id, name, description, row_version, created_at, updated_at';
/** What keeps a workspace from being deleted, in the words of people. Records of the past do not. */
const OWNED: readonly (readonly [noun: string, query: string])[] = [
  ['server definitions', `SELECT 1 FROM server_definition WHERE workspace_id = $1 LIMIT 1`],
  ['instances', `SELECT 1 FROM instances WHERE workspace_id = $1 AND deleted_at IS NULL LIMIT 1`],
  ['virtual endpoints', `SELECT 1 FROM virtual_endpoint WHERE workspace_id = $1 LIMIT 1`],
  ['secrets', `SELECT 1 FROM secret WHERE workspace_id = $1 LIMIT 1`],
  ['API keys', `SELECT 1 FROM api_key WHERE workspace_id = $1 AND revoked_at IS NULL LIMIT 1`],
];

/** SQL of workspaces; joins the caller's transaction. */
@Injectable()
export class WorkspaceRows {
  constructor(private readonly db: Database) {}

  async get(idOrName: string, strength: '' | 'FOR UPDATE' = ''): Promise<Workspace> {
    const [row] = await this.db.query<WorkspaceRow>(
      `SELECT ${COLUMNS} FROM workspace WHERE id = $1::uuid OR name = $2
        ORDER BY id = $1::uuid DESC NULLS LAST LIMIT 1 ${strength}`,
      [isUuid(idOrName) ? idOrName : null, idOrName],
    );
    if (row === undefined) throw new WorkspaceUnknownError(idOrName);
    return toWorkspace(row);
  }

  /** By name, which is unique. */
  async page(limit: number, after: KeysetPosition | undefined): Promise<Page<Workspace>> {
    const rows = await this.db.query<WorkspaceRow>(
      `SELECT ${COLUMNS} FROM workspace WHERE name > $1 ORDER BY name LIMIT $2`,
      [after?.sort ?? '', limit + 1],
    );
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const isMore = rows.length > limit && last !== undefined;
    return { items: shown.map(toWorkspace), next: isMore ? { sort: last.name, id: last.id } : null };
  }

  async insert({ id, name, description }: Pick<Workspace, 'id' | 'name' | 'description'>): Promise<void> {
    await uniquely(name, () =>
      this.db.execute(`INSERT INTO workspace (id, name, description) VALUES ($1, $2, $3)`, [
        id,
        name,
        description,
      ]),
    );
  }

  async update({ id, name, description }: Pick<Workspace, 'id' | 'name' | 'description'>): Promise<void> {
    await uniquely(name, () =>
      this.db.execute(
        `UPDATE workspace SET name = $2, description = $3, row_version = row_version + 1, updated_at = now()
          WHERE id = $1`,
        [id, name, description],
      ),
    );
  }

  /** What is only a record of what was goes with it; anything else keeps it. The constraints are the truth in a race. */
  async delete({ id, name }: Workspace): Promise<void> {
    if (id === DEFAULT_WORKSPACE_ID) throw new WorkspaceInUseError(name, []);
    const owned: string[] = [];
    for (const [noun, query] of OWNED) if ((await this.db.query(query, [id])).length > 0) owned.push(noun);
    if (owned.length > 0) throw new WorkspaceInUseError(name, owned);
    try {
      await this.db.execute(`DELETE FROM operation WHERE workspace_id = $1`, [id]);
      await this.db.execute(`DELETE FROM instances WHERE workspace_id = $1 AND deleted_at IS NOT NULL`, [id]);
      await this.db.execute(`DELETE FROM api_key WHERE workspace_id = $1 AND revoked_at IS NOT NULL`, [id]);
      await this.db.execute(`DELETE FROM workspace WHERE id = $1`, [id]);
    } catch (error) {
      if (isForeignKeyViolation(error)) throw new WorkspaceInUseError(name, ['members or other things']);
      throw error;
    }
  }
}

async function uniquely(name: string, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (isUniqueViolation(error)) throw new WorkspaceNameTakenError(name);
    throw error;
  }
}

const toWorkspace = (row: WorkspaceRow): Workspace => ({
  ...{ id: row.id, name: row.name, description: row.description, rowVersion: row.row_version },
  ...{ createdAt: row.created_at, updatedAt: row.updated_at },
});
