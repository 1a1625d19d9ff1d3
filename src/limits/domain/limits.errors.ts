import { DomainError } from '@app/kernel';
import { type RateScope } from './rate-class';

export class RateLimitedError extends DomainError {
  readonly code = 'rate_limited';
  readonly kind = 'exhausted';
  readonly title = 'Too many requests';
  override readonly hint = 'Wait as long as Retry-After says, and send fewer at once.';
  constructor(policy: string, scope: RateScope, retryAfterS: number) {
    super(`The rate limit "${policy}" of this ${scope} is used up.`, {
      retryAfterS,
      facts: { policy, scope },
    });
  }
}

export type QuotaScope = 'workspace' | 'user' | 'key' | 'agent';

export interface QuotaRefusal {
  readonly resource: string;
  readonly scope: QuotaScope;
  readonly used: number;
  readonly limit: number;
  /** When it is counted anew; what is held is not. */
  readonly reset: Date | null;
}

/** Nobody waits long for what is freed by other people's doing. */
const HELD_RETRY_S = 60;
const MS_PER_S = 1_000;

export class QuotaExceededError extends DomainError {
  readonly code = 'quota_exceeded';
  readonly kind = 'exhausted';
  readonly title = 'A quota is used up';
  override readonly hint =
    'Free some of it, or ask an administrator for more; GET /api/v1/usage says what is used.';
  constructor({ resource, scope, used, limit, reset }: QuotaRefusal) {
    const retryAfterS =
      reset === null ? HELD_RETRY_S : Math.max(1, Math.ceil((reset.getTime() - Date.now()) / MS_PER_S));
    super(`The quota ${resource} of the ${scope} is ${limit}, of which ${used} are used.`, {
      retryAfterS,
      facts: { resource, scope, used, limit, reset: reset?.toISOString() ?? null },
    });
  }
}

/** Closed, not open: what is leased is used up, and nobody can say whether there is more. */
export class QuotaUnavailableError extends DomainError {
  readonly code = 'quota_unavailable';
  readonly kind = 'unavailable';
  readonly title = 'The quota cannot be asked now';
  override readonly hint = 'Try again when the database answers; GET /health says how it is.';
  constructor(resource: string, options: ErrorOptions = {}) {
    super(`What is left of the quota ${resource} is not known while the database is away.`, {
      ...options,
      retryAfterS: 2,
    });
  }
}

export class QuotaUnknownError extends DomainError {
  readonly code = 'quota_unknown';
  readonly kind = 'not_found';
  readonly title = 'There is nothing to set a quota for';
  override readonly hint = 'List the quotas with GET /api/v1/quotas.';
  constructor(scope: string, id: string) {
    super(`There is no ${scope.slice(0, 63)} "${id.slice(0, 128)}" here that could have a quota.`);
  }
}
