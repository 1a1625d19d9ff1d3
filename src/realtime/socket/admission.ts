import { Injectable } from '@nestjs/common';
import { DomainError } from '@app/kernel';
import { type Principal, requestContext, type RequestScope } from '@app/telemetry';
import { AuditTrail } from '../../audit';
import { Authenticator, SocketTickets } from '../../identity';
import { RateLimiter, refusalOf } from '../../limits';
import { because, type Closing, CLOSE } from '../domain/close-codes';
import { type Caller } from '../feed/event-stream';
import { ConnectionQuota } from '../limits/connection-quota';

/** Who shows nothing that could be asked for again may stay this long: a ticket of another issuer's token. */
const UNRENEWABLE_MS = 15 * 60_000;
const MS_PER_S = 1_000;

export interface Admitted extends Caller {
  /** When the credential ends by itself. */
  readonly expiresAtMs?: number;
}

/** Why somebody is not let in. */
export class Refused extends Error {
  constructor(readonly closing: Closing) {
    super(closing.reason);
  }
}

/** Who comes in by a WebSocket: proven, counted, and within what may be connected at once. */
@Injectable()
export class Admission {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly tickets: SocketTickets,
    private readonly rates: RateLimiter,
    private readonly quota: ConnectionQuota,
    private readonly audit: AuditTrail,
  ) {}

  /** Throws `Refused`. */
  byToken(token: string, scope: RequestScope): Promise<Admitted> {
    return this.admit(scope, async () => {
      const principal = await this.authenticator.authenticate(token);
      return principal === undefined ? undefined : { principal, bearer: token, ...expiryOf(token) };
    });
  }

  /** Throws `Refused`. */
  byTicket(ticket: string, scope: RequestScope): Promise<Admitted> {
    return this.admit(scope, async () => {
      const principal = await this.tickets.redeem(ticket);
      if (principal === undefined) return undefined;
      const canBeRenewed = principal.keyId !== undefined || principal.sessionId !== undefined;
      return { principal, ...(canBeRenewed ? {} : { expiresAtMs: Date.now() + UNRENEWABLE_MS }) };
    });
  }

  /** A place among those that may be connected; throws `Refused`. Answers how to give it back. */
  async enter(principal: Principal): Promise<() => void> {
    try {
      return await this.quota.enter(principal);
    } catch (error) {
      throw refusedFor(error);
    }
  }

  private admit(scope: RequestScope, prove: () => Promise<Admitted | undefined>): Promise<Admitted> {
    return requestContext.run(scope, async () => {
      try {
        const admitted = await prove();
        if (admitted === undefined) return await this.refuse(scope);
        const verdict = await this.rates.consume('read', {
          principal: admitted.principal,
          address: scope.address,
        });
        if (verdict?.allowed === false) throw refusalOf(verdict);
        return admitted;
      } catch (error) {
        throw refusedFor(error);
      }
    });
  }

  /** Whoever tries credentials is slowed down, and stands in the trail. */
  private async refuse({ address }: RequestScope): Promise<never> {
    this.audit.denied({
      action: 'request.denied',
      resourceType: 'routes',
      resourceId: 'GET /ws',
      detail: { code: 'unauthenticated' },
    });
    await this.rates.admit('refused', { address });
    throw new Refused(CLOSE.unauthenticated);
  }
}

function refusedFor(error: unknown): Error {
  if (error instanceof Refused) return error;
  if (!(error instanceof DomainError)) return error instanceof Error ? error : new Error(String(error));
  if (error.kind === 'exhausted') return new Refused(because(CLOSE.tooMany, error.message));
  return new Refused(because(CLOSE.tryLater, error.message));
}

/** When a token says that it ends; it was verified before. A key says nothing of itself. */
function expiryOf(token: string): Pick<Admitted, 'expiresAtMs'> {
  const [, payload, signature] = token.split('.');
  if (payload === undefined || signature === undefined) return {};
  try {
    const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { readonly exp?: unknown };
    return typeof exp === 'number' ? { expiresAtMs: exp * MS_PER_S } : {};
  } catch {
    // Not a token but a key that happens to have dots in it.
    return {};
  }
}
