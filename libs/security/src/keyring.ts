import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Envelope, openWithKey, sealWithKey, wrap, unwrap } from './envelope';

/** The master key is unusable; a setting's fault, met at start only. */
export class InvalidKeyringError extends Error {
  override readonly name = 'InvalidKeyringError';
}

const KEY_BYTES = 32;
const KID = /^[A-Za-z0-9_-]{1,32}$/;
const FILE_PREFIX = 'file:';
const NO_SALT = Buffer.alloc(0);
/** There are about ten purposes; deriving costs more than most of what the keys are then used for. */
const MAX_DERIVED = 256;

interface MasterKey {
  readonly kid: string;
  readonly key: Buffer;
}

/**
 * The master keys of an installation. New things are made with the first (primary) key; what the others made can
 * still be read, so that a key can be replaced without a stop. Nothing is ever encrypted with a master key itself:
 * each purpose has a key of its own, by HKDF.
 */
export class Keyring {
  readonly primaryKid: string;
  private readonly keys: ReadonlyMap<string, Buffer>;
  private readonly derived = new Map<string, Buffer>();
  private root: Buffer | undefined;

  private constructor(masters: readonly [MasterKey, ...MasterKey[]]) {
    this.primaryKid = masters[0].kid;
    const keys = new Map<string, Buffer>();
    for (const { kid, key } of masters) {
      if (keys.has(kid)) throw new InvalidKeyringError(`The master key has two keys named "${kid}".`);
      keys.set(kid, key);
    }
    // A key that was once given without a name was known by its fingerprint: naming it later must not lose it.
    for (const { key } of masters) if (!keys.has(fingerprint(key))) keys.set(fingerprint(key), key);
    this.keys = keys;
  }

  /** `<base64 of 32 bytes>`, or `kid:<base64>,kid2:<base64>` with the primary first, or `file:<path>` of either. */
  static fromSetting(setting: string): Keyring {
    const text = setting.startsWith(FILE_PREFIX)
      ? readFileSync(setting.slice(FILE_PREFIX.length), 'utf8')
      : setting;
    const entries = text
      .split(/[\s,]+/)
      .filter((entry) => entry !== '')
      .map(parseEntry);
    const [first, ...rest] = entries;
    if (first === undefined) throw new InvalidKeyringError('The master key is empty.');
    return new Keyring([first, ...rest]);
  }

  /** All names under which a key is known, the primary first. */
  get kids(): readonly string[] {
    return [...this.keys.keys()];
  }

  /** The names of one key each, the primary first: a key that has a name also answers to its fingerprint. */
  get masters(): readonly (readonly string[])[] {
    const names = new Map<string, string[]>();
    for (const [kid, key] of this.keys) {
      const id = key.toString('base64');
      names.set(id, [...(names.get(id) ?? []), kid]);
    }
    return [...names.values()];
  }

  /** The key for one purpose, from the primary master key unless another is named. */
  derive(purpose: string, bytes = KEY_BYTES, kid = this.primaryKid): Buffer {
    const master = this.keys.get(kid);
    if (master === undefined) throw new InvalidKeyringError(`The master key has no key named "${kid}".`);
    return this.expand(master, [kid, bytes, purpose], `quayside/${purpose}`);
  }

  /**
   * The root key of the installation: random, kept wrapped by the master keys, and the same for ever. What is derived
   * from it outlives every master key, so that one can be removed without making the digests of API keys worthless.
   */
  useRoot(root: Buffer): void {
    if (root.length !== KEY_BYTES) throw new InvalidKeyringError(`The root key must be ${KEY_BYTES} bytes.`);
    this.root = Buffer.from(root);
  }

  /** For what is stored for long and cannot be made again; where no root is known, as the primary key would make it. */
  deriveLasting(purpose: string, bytes = KEY_BYTES): Buffer {
    if (this.root === undefined) return this.derive(purpose, bytes);
    return this.expand(this.root, ['', bytes, purpose], `quayside/lasting/${purpose}`);
  }

  /** Also the keys that were in use before the installation had a root. */
  deriveAllLasting(purpose: string, bytes = KEY_BYTES): readonly Buffer[] {
    const older = this.deriveAll(purpose, bytes);
    return this.root === undefined ? older : [this.deriveLasting(purpose, bytes), ...older];
  }

  /** Every key that may have made something for this purpose, the present one first. */
  deriveAll(purpose: string, bytes = KEY_BYTES): readonly Buffer[] {
    return this.kids.map((kid) => this.derive(purpose, bytes, kid));
  }

  /** Encrypts with a data key of its own; `aad` ties the result to its row. */
  sealEnvelope(plain: Buffer, aad: string): Envelope {
    const { ciphertext, wrappedKey } = wrap(plain, this.derive('envelope'), aad);
    return { kid: this.primaryKid, wrappedKey, ciphertext };
  }

  /** Throws when a byte of it, or the `aad`, is not what was sealed. */
  openEnvelope({ kid, wrappedKey, ciphertext }: Envelope, aad: string): Buffer {
    const dataKey = unwrap(wrappedKey, this.derive('envelope', KEY_BYTES, kid), aad);
    return openWithKey(ciphertext, dataKey, aad);
  }

  /** Wraps the data key with the primary master key; the value itself stays closed. */
  rewrapEnvelope({ kid, wrappedKey, ciphertext }: Envelope, aad: string): Envelope {
    const dataKey = unwrap(wrappedKey, this.derive('envelope', KEY_BYTES, kid), aad);
    return {
      kid: this.primaryKid,
      wrappedKey: sealWithKey(dataKey, this.derive('envelope'), aad),
      ciphertext,
    };
  }

  /** An opaque token that only `open` with the same purpose and `aad` reads again. */
  seal(purpose: string, text: string, aad = ''): string {
    const sealed = sealWithKey(Buffer.from(text), this.derive(`seal/${purpose}`), aad);
    return `${this.primaryKid}.${sealed.toString('base64url')}`;
  }

  /** undefined for whatever `seal` did not make: forged, altered, of another purpose, or of a key that is gone. */
  open(purpose: string, token: string, aad = ''): string | undefined {
    const dot = token.indexOf('.');
    const kid = token.slice(0, Math.max(dot, 0));
    if (!this.keys.has(kid)) return undefined;
    try {
      const sealed = Buffer.from(token.slice(dot + 1), 'base64url');
      return openWithKey(sealed, this.derive(`seal/${purpose}`, KEY_BYTES, kid), aad).toString();
    } catch {
      // The cause is always the same, and telling it would help only a forger.
      return undefined;
    }
  }

  private expand(master: Buffer, [kid, bytes, purpose]: [string, number, string], info: string): Buffer {
    const name = JSON.stringify([kid, bytes, purpose]);
    const known = this.derived.get(name);
    if (known !== undefined) return Buffer.from(known);
    const key = Buffer.from(hkdfSync('sha256', master, NO_SALT, info, bytes));
    if (this.derived.size < MAX_DERIVED) this.derived.set(name, key);
    return Buffer.from(key);
  }

  sign(purpose: string, data: string | Buffer): string {
    return createHmac('sha256', this.derive(`sign/${purpose}`))
      .update(data)
      .digest('base64url');
  }

  verify(purpose: string, data: string | Buffer, signature: string): boolean {
    const presented = Buffer.from(signature, 'base64url');
    return this.deriveAll(`sign/${purpose}`).some((key) =>
      equalBytes(createHmac('sha256', key).update(data).digest(), presented),
    );
  }
}

/** Constant time for equal lengths; the length is no secret. */
export const equalBytes = (one: Buffer, other: Buffer): boolean =>
  one.length === other.length && timingSafeEqual(one, other);

function parseEntry(entry: string): MasterKey {
  const colon = entry.indexOf(':');
  const key = Buffer.from(entry.slice(colon + 1), 'base64');
  if (key.length !== KEY_BYTES) {
    throw new InvalidKeyringError(`The master key must be ${KEY_BYTES} bytes in base64.`);
  }
  const kid = colon === -1 ? fingerprint(key) : entry.slice(0, colon);
  if (!KID.test(kid)) {
    throw new InvalidKeyringError('The name of a master key is 1-32 letters, digits, dashes, underscores.');
  }
  return { kid, key };
}

/** One-way, and from a purpose of its own: it may be stored and shown. */
const fingerprint = (key: Buffer): string =>
  `k${Buffer.from(hkdfSync('sha256', key, NO_SALT, 'quayside/fingerprint', 6)).toString('hex')}`;
