import { randomBytes } from 'node:crypto';

/** Says what the text is, so that scanners for leaked credentials find it. */
const PREFIX = 'whsec_';
/** As Standard Webhooks bounds them. */
const MIN_KEY_BYTES = 24;
const MAX_KEY_BYTES = 64;
const NEW_KEY_BYTES = 32;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** A secret cannot be what it is used for; its text is not in the message. */
export class InvalidWebhookSecretError extends Error {
  override readonly name = 'InvalidWebhookSecretError';
}

export const newWebhookSecret = (): string => webhookSecretOf(randomBytes(NEW_KEY_BYTES));

/** For keys that are derived and not stored. */
export const webhookSecretOf = (key: Uint8Array): string =>
  `${PREFIX}${Buffer.from(bounded(key)).toString('base64')}`;

/** The bytes that sign. The prefix may be missing, as in other senders' tools. */
export function webhookKeyOf(secret: string): Buffer {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret;
  if (!BASE64.test(text)) throw new InvalidWebhookSecretError('A webhook secret is base64.');
  return bounded(Buffer.from(text, 'base64'));
}

function bounded<Key extends Uint8Array>(key: Key): Key {
  if (key.length >= MIN_KEY_BYTES && key.length <= MAX_KEY_BYTES) return key;
  throw new InvalidWebhookSecretError(
    `A webhook secret has ${String(MIN_KEY_BYTES)} to ${String(MAX_KEY_BYTES)} bytes.`,
  );
}
