import { type Principal } from '@app/telemetry';

/** What a token of a trusted issuer proves. */
export interface ForeignIdentity {
  readonly principal: Principal;
  /** The token's own scopes, where it is limited to some; the principal's permissions are cut down to them already. */
  readonly scopes?: readonly string[];
}

/** Tokens that somebody else signed. */
export abstract class ForeignTokens {
  /**
   * undefined for every token that is not to be believed, whatever is wrong with it. `audience` is the address of the
   * resource that was called, where a token may be meant for that one alone; tokens for the whole installation always fit.
   */
  abstract authenticate(jwt: string, audience: string | undefined): Promise<ForeignIdentity | undefined>;
}
