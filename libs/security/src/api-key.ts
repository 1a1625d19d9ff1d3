import { createHash, createHmac, randomBytes } from 'node:crypto';
import { equalBytes, type Keyring } from './keyring';

const PREFIX = 'qs_';
const SECRET_BYTES = 32;
/** 62^43 > 2^256 */
const SECRET_CHARACTERS = 43;
const CHECKSUM_CHARACTERS = 6;
const ID_CHARACTERS = 12;
const SHAPE = new RegExp(
  `^${PREFIX}([a-z0-9]{${ID_CHARACTERS}})_[0-9A-Za-z]{${SECRET_CHARACTERS + CHECKSUM_CHARACTERS}}$`,
);
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BASE36_LENGTH = 36;
const PURPOSE = 'api-key';

/** The key itself is shown once and stored nowhere; `digest` is what the database gets. */
export interface NewApiKey {
  readonly id: string;
  readonly key: string;
  readonly digest: Buffer;
}

/** `qs_<id>_<32 random bytes in base62><checksum>` */
export function newApiKey(keyring: Keyring): NewApiKey {
  const id = Array.from(randomBytes(ID_CHARACTERS), (byte) => (byte % BASE36_LENGTH).toString(36)).join('');
  const body = `${PREFIX}${id}_${base62(randomBytes(SECRET_BYTES), SECRET_CHARACTERS)}`;
  const key = body + checksum(body);
  return { id, key, digest: hashApiKey(keyring, key) };
}

/** undefined when the text cannot be a key of ours: no look-up is needed to refuse it. */
export function parseApiKey(text: string): { readonly id: string } | undefined {
  const id = SHAPE.exec(text)?.[1];
  if (id === undefined) return undefined;
  const body = text.slice(0, -CHECKSUM_CHARACTERS);
  return text.endsWith(checksum(body)) ? { id } : undefined;
}

/** Fast on purpose: a 256-bit random key cannot be guessed, so there is nothing for a slow hash to protect. */
export const hashApiKey = (keyring: Keyring, key: string): Buffer =>
  createHmac('sha256', keyring.deriveLasting(PURPOSE)).update(key).digest();

/** Constant time; also knows digests made under an older master key. */
export const matchesApiKey = (keyring: Keyring, key: string, digest: Buffer): boolean =>
  keyring
    .deriveAllLasting(PURPOSE)
    .some((pepper) => equalBytes(createHmac('sha256', pepper).update(key).digest(), digest));

/** Catches typing and truncation; it is no secret and proves nothing. Each request has one: small numbers are quick. */
function checksum(body: string): string {
  let rest = createHash('sha256').update(body).digest().readUInt32BE(0);
  let text = '';
  while (text.length < CHECKSUM_CHARACTERS) {
    text = BASE62.charAt(rest % BASE62.length) + text;
    rest = Math.floor(rest / BASE62.length);
  }
  return text;
}

function base62(bytes: Buffer, characters: number): string {
  let rest = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  while (text.length < characters) {
    text = BASE62.charAt(Number(rest % 62n)) + text;
    rest /= 62n;
  }
  return text;
}
