import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { isUuid } from '@app/kernel';
import { type Principal } from '@app/telemetry';
import { Authenticator } from '../authenticator';
import { permissionsOf } from '../domain/permissions';

/** What is kept of somebody whose wish is carried out later: ids, and no rights. */
export interface StoredIdentity {
  readonly workspaceId: string;
  /** As an actor is written: `key:ab12`, `user:…`. */
  readonly actor: string;
  readonly keyId?: string | null;
  readonly userId?: string | null;
}

const ACTOR = /^user:([^:]+):(.+)$/;

/**
 * Somebody as it is now. Whoever asked for something that is done later has the rights it has when it is done, not those it
 * had when it asked; undefined: it is nobody any more.
 */
@Injectable()
export class Principals {
  constructor(
    private readonly db: Database,
    private readonly authenticator: Authenticator,
  ) {}

  async present(identity: StoredIdentity): Promise<Principal | undefined> {
    const { keyId, userId, workspaceId } = identity;
    // A key may do less than its owner: what was asked with one is done with that one.
    const principal =
      keyId == null
        ? await this.ofUser(userId ?? (await this.userOf(identity)), workspaceId)
        : await this.authenticator.ofKey(keyId);
    return principal?.workspaceId === workspaceId ? principal : undefined;
  }

  private async ofUser(userId: string | undefined, workspaceId: string): Promise<Principal | undefined> {
    if (userId === undefined || !isUuid(userId)) return undefined;
    const [user] = await this.db.query<{ username: string; role: string }>(
      `SELECT u.username, m.role
         FROM user_account u JOIN user_membership m ON m.user_id = u.id AND m.workspace_id = $2
        WHERE u.id = $1 AND u.disabled_at IS NULL`,
      [userId, workspaceId],
    );
    if (user === undefined) return undefined;
    const { username: name, role } = user;
    return {
      id: userId,
      kind: 'user',
      name,
      role,
      permissions: permissionsOf(role, []),
      workspaceId,
      userId,
    };
  }

  /** A token of another issuer proves rights for its own time only; afterwards they are those of its user here, if there is one. */
  private async userOf({ actor }: StoredIdentity): Promise<string | undefined> {
    const [, issuer, subject] = ACTOR.exec(actor) ?? [];
    if (issuer === undefined) return undefined;
    const [known] = await this.db.query<{ user_id: string }>(
      `SELECT user_id FROM user_external_identity WHERE issuer = $1 AND subject = $2`,
      [issuer, subject],
    );
    return known?.user_id;
  }
}
