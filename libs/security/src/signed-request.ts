import { randomUUID, timingSafeEqual } from 'node:crypto';
import { type Keyring } from './keyring';

/** A message between our own processes. The payload travels as text, so that both sides sign the very same bytes. */
export interface SignedRequest {
  readonly payload: string;
  readonly issued_at_ms: number;
  readonly nonce: string;
  readonly signature: string;
}

/** Loopback and a Redis channel are no credential: whoever sends without the key is nobody. */
export class UnsignedRequestError extends Error {
  override readonly name = 'UnsignedRequestError';
}

/** Covers a queue in between; a repeated question about logs within it does no harm. */
const MAX_AGE_MS = 60_000;
const PURPOSE = 'message';
const BRIDGE_PURPOSE = 'bridge-token';

/** `nowMs` is the time by a clock that both sides share. */
export function signRequest(
  keyring: Keyring,
  pattern: string,
  payload: object,
  nowMs: number,
): SignedRequest {
  const unsigned = { payload: JSON.stringify(payload), issued_at_ms: nowMs, nonce: randomUUID() };
  return { ...unsigned, signature: keyring.sign(PURPOSE, signedText(pattern, unsigned)) };
}

/** The payload, when the message was signed for this pattern by a holder of the key, lately. */
export function verifyRequest(keyring: Keyring, pattern: string, message: unknown, nowMs: number): unknown {
  if (!isSignedRequest(message)) throw new UnsignedRequestError('The message is not signed.');
  if (!keyring.verify(PURPOSE, signedText(pattern, message), message.signature)) {
    throw new UnsignedRequestError('The signature of the message is wrong.');
  }
  if (Math.abs(nowMs - message.issued_at_ms) > MAX_AGE_MS) {
    throw new UnsignedRequestError('The message is too old.');
  }
  return JSON.parse(message.payload) as unknown;
}

/** What the gateway shows to the stdio bridge of a provisioner. */
export const bridgeToken = (keyring: Keyring): string => keyring.derive(BRIDGE_PURPOSE).toString('base64url');

export function isBridgeToken(keyring: Keyring, presented: string): boolean {
  const bytes = Buffer.from(presented, 'base64url');
  return keyring
    .deriveAll(BRIDGE_PURPOSE)
    .some((token) => token.length === bytes.length && timingSafeEqual(token, bytes));
}

const signedText = (pattern: string, { payload, issued_at_ms, nonce }: Omit<SignedRequest, 'signature'>) =>
  JSON.stringify([pattern, issued_at_ms, nonce, payload]);

function isSignedRequest(message: unknown): message is SignedRequest {
  if (typeof message !== 'object' || message === null) return false;
  const { payload, issued_at_ms, nonce, signature } = message as Record<keyof SignedRequest, unknown>;
  return (
    typeof payload === 'string' &&
    typeof issued_at_ms === 'number' &&
    typeof nonce === 'string' &&
    typeof signature === 'string'
  );
}
