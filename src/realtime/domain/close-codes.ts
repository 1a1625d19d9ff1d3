/** Why a connection ends, as RFC 6455 numbers and, from 4000 on, as numbers of our own. */
export const CLOSE = {
  /** The process goes; another one may be asked at once. */
  restarting: { code: 1012, reason: 'The server restarts: connect again at once, with jitter.' },
  /** The store cannot be asked whether the caller may. */
  tryLater: { code: 1013, reason: 'Try again in a moment.' },
  badFrame: { code: 4400, reason: 'The frame cannot be read.' },
  unauthenticated: { code: 4401, reason: 'No valid credential within 5 seconds.' },
  expired: { code: 4401, reason: 'The credential has expired: connect again with a new one.' },
  revoked: { code: 4403, reason: 'The credential was revoked.' },
  forbidden: { code: 4403, reason: 'The caller may not read this topic.' },
  tooSlow: { code: 4408, reason: 'Events wait for too long: connect again with since.' },
  tooMany: { code: 4429, reason: 'Too many connections.' },
  tooFast: { code: 4429, reason: 'Too many frames.' },
} as const;

export interface Closing {
  readonly code: number;
  readonly reason: string;
}

/** The longest reason that a close frame holds. */
const REASON_MAX_BYTES = 123;

export const because = ({ code }: Closing, reason: string): Closing => ({
  code,
  reason: Buffer.from(reason).subarray(0, REASON_MAX_BYTES).toString(),
});
