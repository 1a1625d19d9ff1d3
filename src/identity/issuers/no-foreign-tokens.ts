import { Injectable } from '@nestjs/common';
import { type ForeignIdentity, ForeignTokens } from './foreign-tokens';

/** Where no other issuer is trusted. */
@Injectable()
export class NoForeignTokens extends ForeignTokens {
  override authenticate(): Promise<ForeignIdentity | undefined> {
    return Promise.resolve(undefined);
  }
}
