import { Injectable } from '@nestjs/common';
import { type Principal } from '@app/telemetry';
import { LiveSessions } from '../sessions/live-sessions';
import { AccessTokens } from './access-tokens';

/** Who a token of ours stands for. */
@Injectable()
export class OwnTokens {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly sessions: LiveSessions,
  ) {}

  claims(jwt: string): boolean {
    return this.tokens.claimsOurs(jwt);
  }

  /** The session says what its user may do now; the token alone would say what was true when it was made. */
  async holderOf(jwt: string): Promise<Principal | undefined> {
    const claims = await this.tokens.verify(jwt);
    const session = claims === undefined ? undefined : await this.sessions.find(claims.sessionId);
    if (claims === undefined || session === undefined) return undefined;
    const { userId, workspaceId } = session;
    if (userId !== claims.userId || workspaceId !== claims.workspaceId) return undefined;
    return this.sessions.principalOf(session);
  }
}
