import { Injectable } from '@nestjs/common';
import { Keyring } from '@app/security';
import { hmac } from './digests';

export interface ChainKey {
  /** Says which key it is and nothing about it. */
  readonly id: string;
  readonly key: Buffer;
}

const PURPOSE = 'audit-chain';
const ID_DIGITS = 12;

/** The keys of the chain. They last as long as the installation: an old trail is verified with them for years. */
@Injectable()
export class ChainKeys {
  constructor(private readonly keyring: Keyring) {}

  current(): ChainKey {
    return named(this.keyring.deriveLasting(PURPOSE));
  }

  find(id: string): Buffer | undefined {
    return this.keyring
      .deriveAllLasting(PURPOSE)
      .map(named)
      .find((each) => each.id === id)?.key;
  }
}

const named = (key: Buffer): ChainKey => ({
  id: hmac(key, 'id of this key').toString('hex').slice(0, ID_DIGITS),
  key,
});
