import { randomBytes, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { EventAppender } from '@app/outbox';
import { type Principal, requestContext } from '@app/telemetry';
import { FACTS } from '../identity-facts';
import { IdentityNotices } from '../identity-notices';
import { principalOfSession } from './session';
import { type CookieGrant, SessionCookies } from './session-cookies';
import { SESSION_TERMS, SESSIONS_PER_USER_MAX } from './session-terms';

const SECRET_BYTES = 32;
const FACTS_AT_ONCE = 500;

/** Who has proven to be somebody, and where they want to act. */
export interface ProvenUser {
  readonly userId: string;
  readonly username: string;
  readonly workspaceId: string;
  readonly role: string;
  /** The other issuer that proved it; absent: a password of ours. */
  readonly issuer?: string;
}

/** Who showed a key in place of a password. */
export interface ProvenKey {
  readonly principal: Principal;
  /** What the session keeps of the key. */
  readonly reference: string;
}

/** Whose the session is: of a user or of a key. */
interface Owner {
  readonly userId: string | null;
  readonly keyId: string | null;
  readonly workspaceId: string;
  readonly issuer: string | null;
  readonly principalIn: (sessionId: string) => Principal;
}

export type EndReason =
  'signed_out' | 'signed_in_again' | 'password_changed' | 'user_disabled' | 'refresh_reused' | 'too_many';

interface EndedRow {
  id: string;
  user_id: string | null;
  key_id: string | null;
}

/** Begins and ends sign-ins. */
@Injectable()
export class Sessions {
  constructor(
    private readonly db: Database,
    private readonly events: EventAppender,
    private readonly notices: IdentityNotices,
    private readonly cookies: SessionCookies,
  ) {}

  /** For a browser. Its session is always a new one: one that was there before could have been planted. */
  startConsole(user: ProvenUser): Promise<CookieGrant> {
    return this.startCookie(ownerOf(user));
  }

  /** For a browser in which a key was typed: it may what the key may, and ends with it. */
  startConsoleOfKey({ principal, reference }: ProvenKey): Promise<CookieGrant> {
    const { workspaceId } = principal;
    return this.startCookie({
      ...{ userId: null, keyId: reference, workspaceId, issuer: null },
      principalIn: (sessionId) => ({ ...principal, sessionId }),
    });
  }

  /** For a family of tokens. */
  startTokens(user: ProvenUser): Promise<string> {
    return this.start(ownerOf(user), 'token', null);
  }

  async end(id: string, reason: EndReason): Promise<void> {
    await this.endWhere('id = $1 AND ended_at IS NULL', reason, [id]);
  }

  async endAllOf(userId: string, reason: EndReason, exceptId: string | null = null): Promise<void> {
    await this.endWhere(
      'user_id = $1 AND id IS DISTINCT FROM $3 AND ended_at IS NULL',
      reason,
      [userId],
      exceptId,
    );
  }

  private async startCookie(owner: Owner): Promise<CookieGrant> {
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    const expiresAt = new Date(Date.now() + SESSION_TERMS.console.absoluteMs);
    const sessionId = await this.start(owner, 'console', this.cookies.digestOf(secret));
    return { sessionId, secret, expiresAt };
  }

  private async start(
    { userId, keyId, workspaceId, issuer, principalIn }: Owner,
    kind: 'console' | 'token',
    digest: Buffer | null,
  ): Promise<string> {
    const id = randomUUID();
    const { idleMs, absoluteMs } = SESSION_TERMS[kind];
    // From here on the trail knows who acts.
    requestContext.setPrincipal(principalIn(id));
    await this.db.transaction(async () => {
      await this.db.execute(
        `INSERT INTO user_session (id, user_id, key_id, workspace_id, kind, digest, issuer, address, idle_expires_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(secs => $9), now() + make_interval(secs => $10))`,
        [
          ...[id, userId, keyId, workspaceId, kind, digest, issuer],
          ...[requestContext.get()?.address ?? null, idleMs / 1_000, absoluteMs / 1_000],
        ],
      );
      await this.events.append([FACTS.sessionStarted(id, { user_id: userId, key_id: keyId, kind, issuer })]);
      await (userId === null ? this.endOldestOfKey(keyId ?? '') : this.endOldest(userId));
    });
    return id;
  }

  /** One sign-in of a user at a time comes here, so that two do not both find the last place free. */
  private async endOldest(userId: string): Promise<void> {
    await this.db.query(`SELECT FROM user_account WHERE id = $1 FOR NO KEY UPDATE`, [userId]);
    await this.endWhere(
      `id IN (SELECT id FROM user_session WHERE user_id = $1 AND ended_at IS NULL
               ORDER BY created_at DESC, id DESC OFFSET ${SESSIONS_PER_USER_MAX})`,
      'too_many',
      [userId],
    );
  }

  private async endOldestOfKey(keyId: string): Promise<void> {
    await this.db.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`sessions of ${keyId}`]);
    await this.endWhere(
      `id IN (SELECT id FROM user_session WHERE key_id = $1 AND ended_at IS NULL
               ORDER BY created_at DESC, id DESC OFFSET ${SESSIONS_PER_USER_MAX})`,
      'too_many',
      [keyId],
    );
  }

  private async endWhere(
    condition: string,
    reason: EndReason,
    subject: readonly [string],
    exceptId?: string | null,
  ): Promise<void> {
    await this.db.transaction(async () => {
      const ended = await this.db.query<EndedRow>(
        `UPDATE user_session SET ended_at = now(), end_reason = $2 WHERE ${condition} RETURNING id, user_id, key_id`,
        [...subject, reason, ...(exceptId === undefined ? [] : [exceptId])],
      );
      const facts = ended.map(({ id, user_id, key_id }) =>
        FACTS.sessionEnded(id, { user_id, key_id, reason }),
      );
      for (let at = 0; at < facts.length; at += FACTS_AT_ONCE)
        await this.events.append(facts.slice(at, at + FACTS_AT_ONCE));
      for (const { id } of ended) this.notices.publish('session', id);
    });
  }
}

const ownerOf = ({ userId, username, workspaceId, role, issuer }: ProvenUser): Owner => ({
  ...{ userId, keyId: null, workspaceId, issuer: issuer ?? null },
  principalIn: (id) => principalOfSession({ id, userId, username, workspaceId, role }),
});
