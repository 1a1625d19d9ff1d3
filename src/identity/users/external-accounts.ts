import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { type Role } from '../domain/permissions';
import { type CookieGrant } from '../sessions/session-cookies';
import { type ProvenUser, Sessions } from '../sessions/sessions';
import { SignInRefusedError } from '../sign-in/sign-in.errors';
import {
  DISPLAY_NAME_MAX,
  EMAIL_MAX,
  type Membership,
  type User,
  USERNAME_PATTERN,
  usernameOf,
} from './user';
import { UserJournal } from './user-journal';
import { UserRows } from './user-rows';

/** What another issuer says of somebody who has just proven to be it. */
export interface ExternalUser {
  readonly issuer: string;
  /** The issuer's own name for it, which never changes and is never given to another. */
  readonly subject: string;
  /** The name to show; made unlike those that are taken. */
  readonly username: string;
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  readonly role: Role;
  readonly workspaceId: string;
}

export interface ExternalSignIn {
  readonly user: ProvenUser;
  readonly grant: CookieGrant;
}

const NAMES_TRIED = 5;
const USERNAME_BASE_MAX = 50;

/** People who prove elsewhere who they are. An address of e-mail or a name never joins them with somebody who is here already. */
@Injectable()
export class ExternalAccounts {
  constructor(
    private readonly db: Database,
    private readonly rows: UserRows,
    private readonly journal: UserJournal,
    private readonly sessions: Sessions,
  ) {}

  /** What the issuer says now is what the user is now. Ends in the same session as a password. */
  async signInExternal(external: ExternalUser): Promise<ExternalSignIn> {
    const { id, username } = await this.db.transaction(() => this.bringUpToDate(external));
    const user = await this.rows.get(id);
    const held = user.memberships.find(({ workspaceId }) => workspaceId === external.workspaceId);
    if (user.disabledAt !== null || held === undefined) throw new SignInRefusedError();
    const { workspaceId, role } = held;
    const proven: ProvenUser = { userId: id, username, workspaceId, role, issuer: external.issuer };
    return { user: proven, grant: await this.sessions.startConsole(proven) };
  }

  private async bringUpToDate(external: ExternalUser): Promise<User> {
    const [known] = await this.db.query<{ user_id: string }>(
      `SELECT user_id FROM user_external_identity WHERE issuer = $1 AND subject = $2`,
      [external.issuer, external.subject],
    );
    return known === undefined ? this.admit(external) : this.follow(known.user_id, external);
  }

  private async admit(external: ExternalUser): Promise<User> {
    const { issuer, subject } = external;
    // Of two first sign-ins of one person the second finds the user of the first.
    await this.db.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`${issuer} ${subject}`]);
    const [meanwhile] = await this.db.query<{ user_id: string }>(
      `SELECT user_id FROM user_external_identity WHERE issuer = $1 AND subject = $2`,
      [issuer, subject],
    );
    if (meanwhile !== undefined) return this.follow(meanwhile.user_id, external);
    const id = randomUUID();
    const username = await this.freeNameFor(external);
    const membership = await this.membershipOf(external);
    await this.rows.insert({ id, username, ...detailsOf(external) }, null);
    await this.rows.replaceMemberships(id, [membership]);
    await this.db.execute(
      `INSERT INTO user_external_identity (issuer, subject, user_id) VALUES ($1, $2, $3)`,
      [issuer, subject, id],
    );
    const user = await this.rows.get(id);
    await this.journal.created(user);
    return user;
  }

  private async follow(id: string, external: ExternalUser): Promise<User> {
    const user = await this.rows.lock(id);
    const membership = await this.membershipOf(external);
    const others = user.memberships.filter(({ workspaceId }) => workspaceId !== membership.workspaceId);
    const memberships = [...others, membership];
    const before = user.memberships.find(({ workspaceId }) => workspaceId === membership.workspaceId)?.role;
    if (before === membership.role) return user;
    // Somebody must be left who can let others in: the last administrator is lowered by hand, once there is another.
    const administers = before === 'admin' && membership.workspaceId === DEFAULT_WORKSPACE_ID;
    if (administers && !(await this.rows.hasOtherAdmin(id))) return user;
    const disabled = user.disabledAt !== null;
    await this.rows.update(id, { ...user, disabled });
    await this.rows.replaceMemberships(id, memberships);
    await this.journal.changed(user, { ...user, memberships, disabled, isPasswordNew: false });
    return this.rows.get(id);
  }

  private async membershipOf({ workspaceId, role }: ExternalUser): Promise<Membership> {
    const workspace = await this.rows.workspace(workspaceId);
    if (workspace === undefined) throw new SignInRefusedError();
    return { workspaceId, workspace: workspace.name, role };
  }

  private async freeNameFor({ username }: ExternalUser): Promise<string> {
    const plain = usernameOf(username)
      .replaceAll(/[^a-z0-9._@+-]/g, '-')
      .slice(0, USERNAME_BASE_MAX);
    const base = USERNAME_PATTERN.test(plain) ? plain : 'user';
    for (let tried = 0; tried < NAMES_TRIED; tried += 1) {
      const name = tried === 0 ? base : `${base}-${randomUUID().slice(0, 8)}`;
      const taken = await this.db.query(`SELECT 1 FROM user_account WHERE username = $1`, [name]);
      if (taken.length === 0) return name;
    }
    return randomUUID();
  }
}

const detailsOf = ({ name = '', email }: ExternalUser) => ({
  displayName: name.slice(0, DISPLAY_NAME_MAX),
  email: email === undefined || email.length > EMAIL_MAX ? null : email,
});
