import { timingSafeEqual } from 'node:crypto';
import { isBridgeToken, type Keyring } from '@app/security';

/** Keys change by hand and rarely; for so long the token that was accepted last is compared with itself. */
const KNOWN_FOR_MS = 5_000;

/** Knows the gateway by its token, at every request: so what is dear is done once in a while. */
export class BridgeTokens {
  #known: Buffer | undefined;
  #knownUntilMs = 0;

  constructor(private readonly keyring: Keyring) {}

  isValid(token: string | undefined): boolean {
    if (token === undefined) return false;
    const presented = Buffer.from(token, 'latin1');
    if (this.#isKnown(presented)) return true;
    if (!isBridgeToken(this.keyring, token)) return false;
    this.#known = presented;
    this.#knownUntilMs = performance.now() + KNOWN_FOR_MS;
    return true;
  }

  #isKnown(presented: Buffer): boolean {
    if (this.#known?.length !== presented.length || performance.now() > this.#knownUntilMs) return false;
    return timingSafeEqual(this.#known, presented);
  }
}
