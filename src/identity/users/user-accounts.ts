import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { type Principal } from '@app/telemetry';
import { refuseWeakPassword } from '../passwords/password-rules';
import { Passwords } from '../passwords/passwords';
import { demandCovers } from '../what-may-be-granted';
import { type Membership, type NewUser, type User, type UserChange, usernameOf } from './user';
import { LastAdminError, UserInvalidError } from './user.errors';
import { UserJournal } from './user-journal';
import { UserLives } from './user-lives';
import { UserRows } from './user-rows';

/** Checks the version that the caller saw against the stored one; throws when they differ. */
type DemandVersion = (rowVersion: number) => void;

/** What administrators do to users. */
@Injectable()
export class UserAccounts {
  constructor(
    private readonly db: Database,
    private readonly rows: UserRows,
    private readonly passwords: Passwords,
    private readonly lives: UserLives,
    private readonly journal: UserJournal,
  ) {}

  /** `actor` is undefined where nobody is there yet to grant anything: what lets the first user in is a link. */
  async create(actor: Principal | undefined, wanted: NewUser): Promise<User> {
    const username = usernameOf(wanted.username);
    const hash = await this.hashOf(wanted.password, username);
    const { displayName = '', email = null } = wanted;
    const id = randomUUID();
    return this.db.transaction(async () => {
      const memberships = await this.membershipsOf(wanted);
      if (actor !== undefined) for (const one of memberships) demandCovers(actor, one);
      await this.rows.insert({ id, username, displayName, email }, hash);
      await this.rows.replaceMemberships(id, memberships);
      const user = await this.rows.get(id);
      await this.journal.created(user);
      return user;
    });
  }

  async change(
    actor: Principal,
    idOrName: string,
    change: UserChange,
    demandVersion: DemandVersion,
  ): Promise<User> {
    const { username } = await this.rows.get(idOrName);
    const hash = await this.hashOf(change.password, username);
    return this.db.transaction(async () => {
      const user = await this.rows.lock(idOrName);
      demandVersion(user.rowVersion);
      const wanted = await this.stateAfter(user, change);
      for (const one of [...user.memberships, ...wanted.memberships]) demandCovers(actor, one);
      if (wanted.disabled || !isAdmin(wanted.memberships)) await this.demandNotLastAdmin(user);
      await this.rows.update(user.id, wanted);
      await this.rows.replaceMemberships(user.id, wanted.memberships);
      if (hash !== null) await this.rows.setPassword(user.id, hash);
      await this.journal.changed(user, { ...wanted, isPasswordNew: hash !== null });
      if (wanted.disabled) await this.lives.endSessions(user.id, 'user_disabled');
      else if (hash !== null) await this.lives.endSessions(user.id, 'password_changed');
      return this.rows.get(user.id);
    });
  }

  async remove(actor: Principal, idOrName: string, demandVersion: DemandVersion): Promise<void> {
    await this.db.transaction(async () => {
      const user = await this.rows.lock(idOrName);
      demandVersion(user.rowVersion);
      for (const one of user.memberships) demandCovers(actor, one);
      await this.demandNotLastAdmin(user);
      await this.lives.endEverything(user.id);
      await this.rows.remove(user.id);
      await this.journal.removed(user);
    });
  }

  private async stateAfter(user: User, change: UserChange) {
    const { displayName = user.displayName, email = user.email } = change;
    const disabled = change.disabled ?? user.disabledAt !== null;
    const memberships =
      change.memberships === undefined ? user.memberships : await this.membershipsOf(change);
    return { displayName, email, disabled, memberships };
  }

  private async hashOf(password: string | undefined, username: string): Promise<string | null> {
    if (password === undefined) return null;
    refuseWeakPassword(password, username);
    return this.passwords.hash(password);
  }

  private async membershipsOf({ memberships = [] }: UserChange): Promise<readonly Membership[]> {
    const found: Membership[] = [];
    for (const [index, { workspace, role }] of memberships.entries()) {
      const known = await this.rows.workspace(workspace);
      const pointer = `/memberships/${index}/workspace`;
      if (known === undefined) throw new UserInvalidError(pointer, 'names no workspace');
      if (found.some(({ workspaceId }) => workspaceId === known.id))
        throw new UserInvalidError(pointer, 'is there twice');
      found.push({ workspaceId: known.id, workspace: known.name, role });
    }
    return found;
  }

  private async demandNotLastAdmin({ id, username, memberships, disabledAt }: User): Promise<void> {
    const counts = disabledAt === null && isAdmin(memberships);
    if (counts && !(await this.rows.hasOtherAdmin(id))) throw new LastAdminError(username);
  }
}

/** Of the installation. */
const isAdmin = (memberships: readonly Membership[]): boolean =>
  memberships.some(({ workspaceId, role }) => workspaceId === DEFAULT_WORKSPACE_ID && role === 'admin');
