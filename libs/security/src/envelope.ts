import { createCipheriv, createDecipheriv, randomBytes, randomFillSync } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const DATA_KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** First byte of everything sealed, so that the format can change one day. */
const FORMAT = 1;
const TAG_AT = 1 + IV_BYTES;
const HEADER_BYTES = TAG_AT + TAG_BYTES;
/** Of what seals session ids, asking the system for a dozen random bytes would be a good part: they are got many at a time. */
const IVS = Buffer.alloc(512 * IV_BYTES);
let nextIvAt = IVS.length;

/** A value under its own data key, and that key under the master key named `kid`. */
export interface Envelope {
  readonly kid: string;
  readonly wrappedKey: Buffer;
  readonly ciphertext: Buffer;
}

/** `format | iv | tag | ciphertext`; the iv is random for each call, and no key seals anywhere near 2^32 times. */
export function sealWithKey(plain: Buffer, key: Buffer, aad: string): Buffer {
  const sealed = Buffer.allocUnsafe(HEADER_BYTES + plain.length);
  sealed[0] = FORMAT;
  const iv = sealed.subarray(1, TAG_AT);
  fillIv(iv);
  const cipher = createCipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(aad));
  // In this mode the ciphertext is as long as what was sealed, and nothing is held back for the end.
  cipher.update(plain).copy(sealed, HEADER_BYTES);
  cipher.final();
  cipher.getAuthTag().copy(sealed, TAG_AT);
  return sealed;
}

/** With bytes that are given out once. */
function fillIv(iv: Buffer): void {
  if (nextIvAt === IVS.length) {
    randomFillSync(IVS);
    nextIvAt = 0;
  }
  IVS.copy(iv, 0, nextIvAt, nextIvAt + IV_BYTES);
  nextIvAt += IV_BYTES;
}

/** Throws when anything differs from what was sealed. */
export function openWithKey(sealed: Buffer, key: Buffer, aad: string): Buffer {
  if (sealed.length < HEADER_BYTES || sealed[0] !== FORMAT) throw new Error('Not a sealed value.');
  const iv = sealed.subarray(1, TAG_AT);
  const tag = sealed.subarray(TAG_AT, HEADER_BYTES);
  const decipher = createDecipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(aad))
    .setAuthTag(tag);
  return Buffer.concat([decipher.update(sealed.subarray(HEADER_BYTES)), decipher.final()]);
}

export function wrap(plain: Buffer, wrappingKey: Buffer, aad: string): Omit<Envelope, 'kid'> {
  const dataKey = randomBytes(DATA_KEY_BYTES);
  const sealed = {
    ciphertext: sealWithKey(plain, dataKey, aad),
    wrappedKey: sealWithKey(dataKey, wrappingKey, aad),
  };
  dataKey.fill(0);
  return sealed;
}

export const unwrap = (wrappedKey: Buffer, wrappingKey: Buffer, aad: string): Buffer =>
  openWithKey(wrappedKey, wrappingKey, aad);
