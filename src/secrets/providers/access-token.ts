import { type Clock, systemClock } from '@app/kernel';
import { SingleFlight } from '@app/resilience';

export interface GrantedToken {
  readonly token: string;
  /** Seconds it is good for; 0: for ever. */
  readonly validForS: number;
}

/** Renewed when so much of its time is over, so that no request meets its end. */
const RENEW_AT = 0.7;

/** A credential with an end: taken once for all who ask, and replaced before it ends. */
export class AccessToken {
  private current: { readonly token: string; readonly until: number; readonly from: number } | undefined;
  private readonly flights = new SingleFlight<'grant', string>();

  constructor(
    private readonly grant: (previous: string | undefined) => Promise<GrantedToken>,
    private readonly clock: Clock = systemClock,
  ) {}

  async get(): Promise<string> {
    const nowMs = this.clock.monotonicMs();
    if (this.current !== undefined && nowMs < this.current.from) return this.current.token;
    const known = this.current;
    try {
      return await this.flights.run('grant', () => this.take());
    } catch (error) {
      // It is still good for a while: the next request tries again.
      if (known !== undefined && nowMs < known.until) return known.token;
      throw error;
    }
  }

  /** The other side says that this token is good no more, whatever its time was. */
  reject(token: string): void {
    if (this.current?.token === token) this.current = undefined;
  }

  private async take(): Promise<string> {
    const nowMs = this.clock.monotonicMs();
    const { token, validForS } = await this.grant(this.current?.token);
    const validMs = validForS > 0 ? validForS * 1_000 : Number.POSITIVE_INFINITY;
    this.current = { token, until: nowMs + validMs, from: nowMs + validMs * RENEW_AT };
    return token;
  }
}
