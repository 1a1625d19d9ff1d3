import { Injectable } from '@nestjs/common';
import { requestContext } from '@app/telemetry';
import { AuditTrail } from '../../audit';
import { RateLimiter } from '../../limits';
import { KeyHolders } from '../keys/key-holders';
import { type ProvenKey } from '../sessions/sessions';
import { SignInRefusedError } from './sign-in.errors';

/** A key typed where a password could be. */
@Injectable()
export class KeyCheck {
  constructor(
    private readonly keys: KeyHolders,
    private readonly rates: RateLimiter,
    private readonly audit: AuditTrail,
  ) {}

  /** A refused one is counted per address, like one in a header; there is no account whose owner it could lock out. */
  async prove(key: string): Promise<ProvenKey> {
    const principal = await this.keys.prove(key.trim());
    if (principal?.keyId !== undefined)
      return { principal, reference: this.keys.referenceOf(principal.keyId) };
    await this.rates.admit('refused', { address: requestContext.get()?.address ?? '' });
    this.audit.denied({
      action: 'identity.signin.denied',
      resourceType: 'keys',
      resourceId: 'unknown',
      detail: { code: 'sign_in_refused' },
    });
    throw new SignInRefusedError();
  }
}
