import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { canonicalJson, type JsonObject } from '@app/kernel';
import { Keyring } from '@app/security';

const PURPOSE = 'audit-export';
/** What stands before the 32 bytes of an Ed25519 key in PKCS #8. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const RAW_KEY_BYTES = 32;
const ID_DIGITS = 12;

export interface ExportKey {
  readonly id: string;
  readonly algorithm: 'Ed25519';
  readonly public_key: string;
}

/** Signs exports with a key pair, so that whoever holds one can check it without us and without a secret. */
@Injectable()
export class ExportSigner {
  private known: { readonly privateKey: KeyObject; readonly about: ExportKey } | undefined;

  constructor(private readonly keyring: Keyring) {}

  key(): ExportKey {
    return this.pair().about;
  }

  /** The trailer as JSON, with a signature over the canonical JSON of everything else in it. */
  sign(trailer: JsonObject): string {
    const { privateKey, about } = this.pair();
    const signed = { ...trailer, key_id: about.id, algorithm: about.algorithm, public_key: about.public_key };
    const signature = sign(null, Buffer.from(canonicalJson(signed)), privateKey).toString('base64url');
    return JSON.stringify({ ...signed, signature });
  }

  private pair(): { readonly privateKey: KeyObject; readonly about: ExportKey } {
    this.known ??= pairOf(this.keyring.deriveLasting(PURPOSE));
    return this.known;
  }
}

function pairOf(seed: Buffer): { privateKey: KeyObject; about: ExportKey } {
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const raw = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-RAW_KEY_BYTES);
  const id = createHash('sha256').update(raw).digest('hex').slice(0, ID_DIGITS);
  return { privateKey, about: { id, algorithm: 'Ed25519', public_key: raw.toString('base64url') } };
}
