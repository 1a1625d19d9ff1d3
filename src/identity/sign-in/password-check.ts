import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { requestContext } from '@app/telemetry';
import { AuditTrail } from '../../audit';
import { Passwords } from '../passwords/passwords';
import { type ProvenUser } from '../sessions/sessions';
import { usernameOf } from '../users/user';
import { SignInRefusedError } from './sign-in.errors';
import { SignInLimits } from './sign-in-limits';

export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** Id or name; absent: the first workspace if the user is a member, else the only or first one by name. */
  readonly workspace?: string | undefined;
}

interface KnownRow {
  id: string;
  username: string;
  password_hash: string | null;
  disabled_at: Date | null;
  workspace_id: string | null;
  role: string | null;
}

/** Whether somebody is who they say. Answer and time are the same for everybody who is not. */
@Injectable()
export class PasswordCheck {
  constructor(
    private readonly db: Database,
    private readonly passwords: Passwords,
    private readonly limits: SignInLimits,
    private readonly audit: AuditTrail,
  ) {}

  async prove(credentials: Credentials): Promise<ProvenUser> {
    const attempt = { account: usernameOf(credentials.username), address: requestContext.get()?.address };
    await this.limits.admit(attempt);
    const known = await this.find(credentials);
    const fits = await this.passwords.matches(known?.password_hash, credentials.password);
    const proven = known === undefined || !fits ? undefined : provenBy(known);
    if (proven === undefined) return this.refuse(known?.id);
    await this.limits.succeeded(attempt);
    return proven;
  }

  private async find({ username, workspace }: Credentials): Promise<KnownRow | undefined> {
    const [row] = await this.db.query<KnownRow>(
      `SELECT u.id, u.username, u.password_hash, u.disabled_at, m.workspace_id, m.role
         FROM user_account u
         LEFT JOIN (user_membership m JOIN workspace w ON w.id = m.workspace_id)
           ON m.user_id = u.id AND ($2::text IS NULL OR w.id::text = lower($2) OR w.name = $2)
        WHERE u.username = $1
        ORDER BY w.created_at, w.id LIMIT 1`,
      [usernameOf(username), workspace ?? null],
    );
    return row;
  }

  /** Under the id where there is a user; what was typed as a name may have been a password. */
  private refuse(userId: string | undefined): never {
    this.audit.denied({
      action: 'identity.signin.denied',
      resourceType: 'users',
      resourceId: userId ?? 'unknown',
      detail: { code: 'sign_in_refused' },
    });
    throw new SignInRefusedError();
  }
}

function provenBy({ id, username, disabled_at, workspace_id, role }: KnownRow): ProvenUser | undefined {
  if (disabled_at !== null || workspace_id === null || role === null) return undefined;
  return { userId: id, username, workspaceId: workspace_id, role };
}
