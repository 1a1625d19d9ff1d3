import { Injectable } from '@nestjs/common';
import { RateLimiter } from './rate-limiter';

/** Whose password or one-time link is tried, and from where. */
export interface LoginTry {
  readonly account: string;
  readonly address: string | undefined;
}

/**
 * Guesses per account and per address. A try is counted before it is judged, so that a hundred at once are not one; what
 * turned out to be right is not counted.
 */
@Injectable()
export class LoginLimits {
  constructor(private readonly rates: RateLimiter) {}

  /** Throws a `RateLimitedError`, for an account that does not exist like for any other. */
  admit(attempt: LoginTry): Promise<void> {
    return this.rates.admit('sign_in', attempt);
  }

  succeeded(attempt: LoginTry): Promise<void> {
    return this.rates.giveBack('sign_in', attempt);
  }
}
