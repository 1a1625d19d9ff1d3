import { Injectable } from '@nestjs/common';
import { Keyring } from '@app/security';
import { Scrubber } from '@app/telemetry';
import { type ClaimedVersion, type SealedVersion } from './persistence/secret-rows';
import { additionalData } from './secret-seal';

/** Closes values for the table; the value is known to the scrubber before it is anywhere else. */
@Injectable()
export class SecretSealer {
  constructor(
    private readonly keyring: Keyring,
    private readonly scrubber: Scrubber,
  ) {}

  seal(scope: string, { id, name, version }: ClaimedVersion, value: string): SealedVersion {
    this.scrubber.learn(value, `${scope}:${name}`);
    const { ciphertext, wrappedKey, kid } = this.keyring.sealEnvelope(
      Buffer.from(value, 'utf8'),
      additionalData(scope, id, version, name),
    );
    return { id, version, ciphertext, wrapped_key: wrappedKey, kid };
  }
}
