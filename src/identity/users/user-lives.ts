import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { EventAppender } from '@app/outbox';
import { FACTS } from '../identity-facts';
import { IdentityNotices } from '../identity-notices';
import { type EndReason, Sessions } from '../sessions/sessions';

/** What a user has open: sign-ins and keys. */
@Injectable()
export class UserLives {
  constructor(
    private readonly db: Database,
    private readonly events: EventAppender,
    private readonly notices: IdentityNotices,
    private readonly sessions: Sessions,
  ) {}

  /** Whoever else knew the old password is out; whoever changed it stays. */
  async passwordChanged(userId: string, username: string, ownSessionId: string): Promise<void> {
    await this.events.append([FACTS.passwordChanged(userId, { username })]);
    await this.sessions.endAllOf(userId, 'password_changed', ownSessionId);
  }

  endSessions(userId: string, reason: EndReason): Promise<void> {
    return this.sessions.endAllOf(userId, reason);
  }

  /** Keys stay as revoked rows: the trail names them, and nobody else must inherit them. */
  async endEverything(userId: string): Promise<void> {
    await this.sessions.endAllOf(userId, 'user_disabled');
    const revoked = await this.db.query<{ id: string; name: string }>(
      `UPDATE api_key SET revoked_at = now(), row_version = row_version + 1
        WHERE user_id = $1 AND revoked_at IS NULL RETURNING id, name`,
      [userId],
    );
    await this.events.append(revoked.map(({ id, name }) => FACTS.keyRevoked(id, { name })));
    for (const { id } of revoked) this.notices.publish('key', id);
  }
}
