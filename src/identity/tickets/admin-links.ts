import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '@app/database';
import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { EventAppender } from '@app/outbox';
import { type Principal, requestContext, systemScope } from '@app/telemetry';
import { FACTS } from '../identity-facts';
import { IdentityOptions } from '../identity.options';
import { type NewUser, type User } from '../users/user';
import { UserAccounts } from '../users/user-accounts';
import { AdminLinkInvalidError } from '../sign-in/sign-in.errors';
import { demandCovers } from '../what-may-be-granted';
import { OneTimeTokens, type Purpose } from './one-time-tokens';

/** Long enough to open a browser; whoever finds the line in a log tomorrow finds nothing. */
const LIFETIME_S = 30 * 60;
const ADMITTED: readonly Purpose[] = ['first-admin', 'admin'];
/** Of several processes that start at once, one makes the link. */
const FIRST_LINK_LOCK = 7_102_250_420;

export interface AdminLink {
  readonly url: string;
  readonly expiresAt: Date;
}

/** The way in for the first administrator, and for one who has lost every other: a link that works once. */
@Injectable()
export class AdminLinks {
  constructor(
    private readonly db: Database,
    private readonly events: EventAppender,
    private readonly tokens: OneTimeTokens,
    private readonly accounts: UserAccounts,
    private readonly options: IdentityOptions,
  ) {}

  private issue(purpose: 'first-admin' | 'admin'): Promise<AdminLink> {
    return this.db.transaction(async () => {
      const { token, expiresAt } = await this.tokens.issue(purpose, {}, LIFETIME_S);
      await this.events.append([FACTS.linkIssued(purpose, { expires_at: expiresAt.toISOString() })]);
      // In the fragment, which browsers keep to themselves: no server, proxy or log sees it.
      return { url: `${this.options.publicUrl}/console/welcome#token=${token}`, expiresAt };
    });
  }

  /** Whoever opens it is an administrator: only one may make it. */
  issueFor(actor: Principal): Promise<AdminLink> {
    demandCovers(actor, { workspaceId: DEFAULT_WORKSPACE_ID, role: 'admin' });
    return this.issue('admin');
  }

  /** A link while there is nobody and none waits; else nothing. */
  issueFirst(): Promise<AdminLink | undefined> {
    return this.db.transaction(async () => {
      await this.db.query(`SELECT pg_advisory_xact_lock($1)`, [FIRST_LINK_LOCK]);
      const taken = await this.db.query(
        `SELECT 1 FROM user_account
          UNION ALL SELECT 1 FROM one_time_token WHERE purpose = 'first-admin' AND used_at IS NULL AND expires_at > now()
          LIMIT 1`,
      );
      return taken.length > 0 ? undefined : this.issue('first-admin');
    });
  }

  /** The link is used up if, and only if, there is an administrator afterwards. */
  async redeem(token: string, { username, password }: Pick<NewUser, 'username' | 'password'>): Promise<User> {
    if (!(await this.tokens.isGood(token, ADMITTED))) throw new AdminLinkInvalidError();
    return this.db.transaction(async () => {
      if ((await this.tokens.redeem(token, ADMITTED)) === undefined) throw new AdminLinkInvalidError();
      return this.accounts.create(undefined, {
        username,
        ...(password === undefined ? {} : { password }),
        memberships: [{ workspace: DEFAULT_WORKSPACE_ID, role: 'admin' }],
      });
    });
  }
}

/** Says once, in the log of the first start, how to get in. */
@Injectable()
export class FirstLink implements OnApplicationBootstrap {
  private readonly logger = new Logger(FirstLink.name);

  constructor(private readonly links: AdminLinks) {}

  async onApplicationBootstrap(): Promise<void> {
    const link = await requestContext.run(systemScope('start'), () => this.links.issueFirst());
    if (link === undefined) return;
    this.logger.log(`There are no users yet. The first administrator opens, within 30 minutes: ${link.url}`);
  }
}
