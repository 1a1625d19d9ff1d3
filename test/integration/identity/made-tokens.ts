import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

const encode = (text: string): string => Buffer.from(text).toString('base64url');
const nowS = (): number => Math.floor(Date.now() / 1_000);

/** A key pair as an issuer has it. */
export interface MadeKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** As it is published. */
  readonly jwk: object;
}

export function rsaKey(kid: string): MadeKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  return {
    kid,
    privateKey,
    publicKey,
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' },
  };
}

export function ecKey(kid: string): MadeKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    kid,
    privateKey,
    publicKey,
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' },
  };
}

export const claims = (more: object = {}): object => ({
  ...{ sub: 'user-7', role: 'admin', iat: nowS(), exp: nowS() + 600 },
  ...more,
});

export const secondsFromNow = (seconds: number): number => nowS() + seconds;

/** Texts and not objects, so that a token can say what no library would write. */
export interface TokenText {
  readonly header: string;
  readonly payload: string;
}

export const tokenText = (header: object, payload: object): TokenText => ({
  header: JSON.stringify(header),
  payload: JSON.stringify(payload),
});

export const bySecret = (
  { header, payload }: TokenText,
  secret: string | Buffer,
  hash = 'sha256',
): string => {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${createHmac(hash, secret).update(input).digest('base64url')}`;
};

export function byKey({ header, payload }: TokenText, { privateKey }: Pick<MadeKey, 'privateKey'>): string {
  const input = `${encode(header)}.${encode(payload)}`;
  const key =
    privateKey.asymmetricKeyType === 'ec'
      ? { key: privateKey, dsaEncoding: 'ieee-p1363' as const }
      : privateKey;
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
}

export const unsigned = ({ header, payload }: TokenText): string => `${encode(header)}.${encode(payload)}.`;
