import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { LiveSessions } from '../sessions/live-sessions';
import { type ProvenUser, Sessions } from '../sessions/sessions';
import { RefreshRefusedError } from '../sign-in/sign-in.errors';
import { ACCESS_TOKEN_S, AccessTokens } from './access-tokens';
import { RefreshTokens } from './refresh-tokens';

export interface TokenGrant {
  readonly accessToken: string;
  readonly expiresInS: number;
  readonly refreshToken: string;
}

/** What programs sign in for: a short token to show, and one to get the next pair with. */
@Injectable()
export class TokenGrants {
  constructor(
    private readonly db: Database,
    private readonly sessions: Sessions,
    private readonly live: LiveSessions,
    private readonly tokens: AccessTokens,
    private readonly refreshes: RefreshTokens,
  ) {}

  async grant(user: ProvenUser): Promise<TokenGrant> {
    const { sessionId, refreshToken } = await this.db.transaction(async () => {
      const id = await this.sessions.startTokens(user);
      return { sessionId: id, refreshToken: await this.refreshes.begin(id) };
    });
    return this.pair({ ...user, sessionId }, refreshToken);
  }

  /** Throws a `RefreshRefusedError`, always the same. */
  async refresh(token: string): Promise<TokenGrant> {
    const rotation = await this.refreshes.rotate(token);
    const session = rotation === undefined ? undefined : await this.live.find(rotation.sessionId);
    if (rotation === undefined || session === undefined || session.userId === null)
      throw new RefreshRefusedError();
    const { id, userId, workspaceId } = session;
    return this.pair({ sessionId: id, userId, workspaceId }, rotation.successor);
  }

  private async pair(
    of: { readonly sessionId: string; readonly userId: string; readonly workspaceId: string },
    refreshToken: string,
  ): Promise<TokenGrant> {
    const { sessionId, userId, workspaceId } = of;
    const accessToken = await this.tokens.issue({ sessionId, userId, workspaceId });
    return { accessToken, expiresInS: ACCESS_TOKEN_S, refreshToken };
  }
}
