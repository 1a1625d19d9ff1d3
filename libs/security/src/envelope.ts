import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const DATA_KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** First byte of everything sealed, so that the format can change one day. */
const FORMAT = 1;
const HEADER_BYTES = 1 + IV_BYTES + TAG_BYTES;

/** A value under its own data key, and that key under the master key named `kid`. */
export interface Envelope {
  readonly kid: string;
  readonly wrappedKey: Buffer;
  readonly ciphertext: Buffer;
}

/** `format | iv | tag | ciphertext`; the iv is random for each call, and no key seals anywhere near 2^32 times. */
export function sealWithKey(plain: Buffer, key: Buffer, aad: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(aad));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.of(FORMAT), iv, cipher.getAuthTag(), body]);
}

/** Throws when anything differs from what was sealed. */
export function openWithKey(sealed: Buffer, key: Buffer, aad: string): Buffer {
  if (sealed.length < HEADER_BYTES || sealed[0] !== FORMAT) throw new Error('Not a sealed value.');
  const iv = sealed.subarray(1, 1 + IV_BYTES);
  const tag = sealed.subarray(1 + IV_BYTES, HEADER_BYTES);
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
