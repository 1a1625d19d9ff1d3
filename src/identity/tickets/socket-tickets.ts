import { Injectable } from '@nestjs/common';
import { type JsonObject } from '@app/kernel';
import { type Principal } from '@app/telemetry';
import { AuditTrail } from '../../audit';
import { Authenticator } from '../authenticator';
import { LiveSessions } from '../sessions/live-sessions';
import { type IssuedToken, OneTimeTokens } from './one-time-tokens';

/** From the answer to the handshake of a WebSocket; browsers cannot send a header with that. */
const LIFETIME_S = 30;

/** Tickets for WebSockets: each lets in once whoever asked for it, with what that caller may do then. */
@Injectable()
export class SocketTickets {
  constructor(
    private readonly tokens: OneTimeTokens,
    private readonly authenticator: Authenticator,
    private readonly sessions: LiveSessions,
    private readonly audit: AuditTrail,
  ) {}

  async issue(principal: Principal): Promise<IssuedToken> {
    const issued = await this.tokens.issue('ws', boundTo(principal), LIFETIME_S);
    this.audit.record({
      action: 'identity.ticket.issued',
      resourceType: 'tickets',
      resourceId: principal.id,
      outcome: 'succeeded',
    });
    return issued;
  }

  /** Who asked for the ticket; undefined where it does not hold, or its caller does not any more. */
  async redeem(ticket: string): Promise<Principal | undefined> {
    const bound = await this.tokens.redeem(ticket, ['ws']);
    if (bound === undefined) return undefined;
    const { key_id: keyId, session_id: sessionId, principal } = bound as unknown as Bound;
    if (typeof keyId === 'string') return this.authenticator.ofKey(keyId);
    if (typeof sessionId === 'string') {
      const session = await this.sessions.find(sessionId);
      return session === undefined ? undefined : this.sessions.principalOf(session);
    }
    return principal === undefined ? undefined : thawed(principal);
  }
}

interface Bound {
  readonly key_id?: string;
  readonly session_id?: string;
  readonly principal?: Frozen;
}

type Frozen = Omit<Principal, 'permissions' | 'limitedTo'> & {
  readonly permissions: readonly string[] | 'all';
};

/** What can be looked up again is referred to; what another issuer said for a while is kept as it was. */
function boundTo({ limitedTo: _limits, permissions, ...principal }: Principal): JsonObject {
  if (principal.sessionId !== undefined) return { session_id: principal.sessionId };
  if (principal.keyId !== undefined) return { key_id: principal.keyId };
  return { principal: { ...principal, permissions: permissions === 'all' ? 'all' : [...permissions] } };
}

const thawed = ({ permissions, ...principal }: Frozen): Principal => ({
  ...principal,
  permissions: permissions === 'all' ? 'all' : new Set(permissions),
});
