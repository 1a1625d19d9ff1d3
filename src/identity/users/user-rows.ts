import { Injectable } from '@nestjs/common';
import { Database, isUniqueViolation } from '@app/database';
import { DEFAULT_WORKSPACE_ID, isUuid, type KeysetPosition, type Page } from '@app/kernel';
import { type Role } from '../domain/permissions';
import { type Membership, type User, usernameOf } from './user';
import { UsernameTakenError, UserUnknownError } from './user.errors';

interface UserRow {
  id: string;
  username: string;
  display_name: string;
  email: string | null;
  disabled_at: Date | null;
  has_password: boolean;
  memberships: { workspace_id: string; workspace: string; role: Role }[];
  row_version: number;
  created_at: Date;
  updated_at: Date;
}

const SELECT = `
  SELECT u.id, u.username, u.display_name, u.email, u.disabled_at, u.password_hash IS NOT NULL AS has_password,
         u.row_version, u.created_at, u.updated_at,
         coalesce((SELECT jsonb_agg(jsonb_build_object('workspace_id', m.workspace_id, 'workspace', w.name, 'role', m.role)
                                    ORDER BY w.name)
                     FROM user_membership m JOIN workspace w ON w.id = m.workspace_id WHERE m.user_id = u.id), '[]') AS memberships
    FROM user_account u`;
/** Any number that nothing else in the database uses: whoever changes who administers waits for the one before. */
const ADMINS_LOCK = 7_102_250_419;

/** The statements about users. Those that change something are called inside a transaction. */
@Injectable()
export class UserRows {
  constructor(private readonly db: Database) {}

  /** By id or by name. */
  async get(idOrName: string): Promise<User> {
    const by = isUuid(idOrName) ? 'u.id = $1::uuid' : 'u.username = $1';
    const [row] = await this.db.query<UserRow>(`${SELECT} WHERE ${by}`, [usernameOf(idOrName)]);
    if (row === undefined) throw new UserUnknownError();
    return toUser(row);
  }

  /** Of two changes the second sees what the first made, also of others: who is the last administrator is asked of them all. */
  async lock(idOrName: string): Promise<User> {
    await this.db.query(`SELECT pg_advisory_xact_lock($1)`, [ADMINS_LOCK]);
    return this.get(idOrName);
  }

  async page(limit: number, after: KeysetPosition | undefined): Promise<Page<User>> {
    const rows = await this.db.query<UserRow>(
      `${SELECT} WHERE u.username > $1 ORDER BY u.username LIMIT $2`,
      [after?.id ?? '', limit + 1],
    );
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const more = rows.length > limit && last !== undefined;
    return { items: shown.map(toUser), next: more ? { sort: last.username, id: last.username } : null };
  }

  async exists(): Promise<boolean> {
    return (await this.db.query(`SELECT 1 FROM user_account LIMIT 1`)).length > 0;
  }

  async insert(
    user: Pick<User, 'id' | 'username' | 'displayName' | 'email'>,
    hash: string | null,
  ): Promise<void> {
    try {
      await this.db.execute(
        `INSERT INTO user_account (id, username, display_name, email, password_hash) VALUES ($1, $2, $3, $4, $5)`,
        [user.id, user.username, user.displayName, user.email, hash],
      );
    } catch (error) {
      if (isUniqueViolation(error)) throw new UsernameTakenError(user.username);
      throw error;
    }
  }

  async update(
    id: string,
    { displayName, email, disabled }: { displayName: string; email: string | null; disabled: boolean },
  ): Promise<void> {
    await this.db.execute(
      `UPDATE user_account SET display_name = $2, email = $3, row_version = row_version + 1, updated_at = now(),
              disabled_at = CASE WHEN $4::boolean THEN coalesce(disabled_at, now()) END
        WHERE id = $1`,
      [id, displayName, email, disabled],
    );
  }

  async setPassword(id: string, hash: string): Promise<void> {
    await this.db.execute(
      `UPDATE user_account SET password_hash = $2, row_version = row_version + 1, updated_at = now() WHERE id = $1`,
      [id, hash],
    );
  }

  async replaceMemberships(id: string, memberships: readonly Membership[]): Promise<void> {
    await this.db.execute(`DELETE FROM user_membership WHERE user_id = $1`, [id]);
    await this.db.execute(
      `INSERT INTO user_membership (user_id, workspace_id, role)
       SELECT $1, * FROM unnest($2::uuid[], $3::text[])`,
      [id, memberships.map(({ workspaceId }) => workspaceId), memberships.map(({ role }) => role)],
    );
  }

  async remove(id: string): Promise<void> {
    await this.db.execute(`DELETE FROM user_account WHERE id = $1`, [id]);
  }

  async workspace(idOrName: string): Promise<{ id: string; name: string } | undefined> {
    const [row] = await this.db.query<{ id: string; name: string }>(
      `SELECT id, name FROM workspace WHERE id::text = lower($1) OR name = $1`,
      [idOrName],
    );
    return row;
  }

  /** Whether somebody else administers the installation and can sign in. */
  async hasOtherAdmin(id: string): Promise<boolean> {
    const rows = await this.db.query(
      `SELECT 1 FROM user_membership m JOIN user_account u ON u.id = m.user_id
        WHERE m.workspace_id = $2 AND m.role = 'admin' AND u.disabled_at IS NULL AND u.id <> $1 LIMIT 1`,
      [id, DEFAULT_WORKSPACE_ID],
    );
    return rows.length > 0;
  }
}

const toUser = ({ id, username, email, ...row }: UserRow): User => ({
  ...{ id, username, email },
  displayName: row.display_name,
  disabledAt: row.disabled_at,
  hasPassword: row.has_password,
  memberships: row.memberships.map(({ workspace_id, workspace, role }) => ({
    ...{ workspaceId: workspace_id, workspace, role },
  })),
  rowVersion: row.row_version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});
