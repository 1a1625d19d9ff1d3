import { createHmac, timingSafeEqual } from 'node:crypto';

/** The headers of Standard Webhooks. */
export interface SignedParts {
  readonly id: string | undefined;
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
  /** As it was received. */
  readonly body: string;
}

/** Older ones are somebody's recording. */
const TOLERANCE_S = 300;
const SIGNATURES_MAX = 10;

/** Whether the control plane sent this, with the secret that it told when the agent was registered. */
export function isGenuine(
  { id, timestamp, signature, body }: SignedParts,
  secret: string,
  nowS: number,
): boolean {
  if (!id || !timestamp || !signature || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(nowS - Number(timestamp)) > TOLERANCE_S) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
  return signature.split(' ', SIGNATURES_MAX).some((one) => {
    const [version, digest = ''] = one.split(',', 2);
    const presented = Buffer.from(digest, 'base64');
    return version === 'v1' && presented.length === expected.length && timingSafeEqual(presented, expected);
  });
}
