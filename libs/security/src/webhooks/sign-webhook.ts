import { createHmac, timingSafeEqual } from 'node:crypto';
import { webhookKeyOf } from './webhook-secret';

export interface WebhookMessage {
  /** The same for every try of the same message: receivers drop what they have seen. No dot. */
  readonly id: string;
  /** Of this try, so that a receiver can refuse what was recorded and is sent again. */
  readonly timestampS: number;
  /** Exactly the text that is sent. */
  readonly body: string;
  /** The newest first; more than one while a secret is being replaced. */
  readonly secrets: readonly string[];
}

export type WebhookHeaders = Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>;

export type WebhookVerdict = 'genuine' | 'malformed' | 'not timely' | 'wrong signature';

const VERSION = 'v1';
/** Clocks differ, and a message may wait on its way; older ones are replays. */
const TOLERANCE_S = 300;
/** More signatures than any rotation makes: the rest is somebody trying. */
const MAX_SIGNATURES = 10;
const WHOLE_SECONDS = /^\d{1,12}$/;

/** Standard Webhooks: one signature for each secret, so that the receiver may hold either of two. */
export function signWebhook({ id, timestampS, body, secrets }: WebhookMessage): WebhookHeaders {
  const timestamp = String(Math.trunc(timestampS));
  const signatures = secrets.map((secret) => {
    const digest = signatureOf(secret, `${id}.${timestamp}.${body}`).toString('base64');
    return `${VERSION},${digest}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}

export interface ReceivedWebhook {
  readonly headers: { get(name: string): string | null | undefined };
  /** As received: parsed and written again it is another text. */
  readonly body: string;
}

/** For whoever receives: our agents' kit, and tests. */
export function verifyWebhook(
  { headers, body }: ReceivedWebhook,
  secrets: readonly string[],
  nowS = Date.now() / 1_000,
): WebhookVerdict {
  const id = headers.get('webhook-id');
  const timestamp = headers.get('webhook-timestamp');
  const signatures = headers.get('webhook-signature');
  if (!id || !signatures || !timestamp || !WHOLE_SECONDS.test(timestamp)) return 'malformed';
  if (Math.abs(nowS - Number(timestamp)) > TOLERANCE_S) return 'not timely';
  const presented = signatures.split(' ', MAX_SIGNATURES).map(digestOf);
  const isGenuine = secrets.some((secret) => {
    const expected = signatureOf(secret, `${id}.${timestamp}.${body}`);
    return presented.some((digest) => digest.length === expected.length && timingSafeEqual(digest, expected));
  });
  return isGenuine ? 'genuine' : 'wrong signature';
}

const signatureOf = (secret: string, text: string): Buffer =>
  createHmac('sha256', webhookKeyOf(secret)).update(text).digest();

/** Of another version: nothing, which equals no signature. */
function digestOf(signature: string): Buffer {
  const [version, digest = ''] = signature.split(',', 2);
  return Buffer.from(version === VERSION ? digest : '', 'base64');
}
