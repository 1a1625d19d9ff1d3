/** How long a sign-in lasts: without a use, and at all. */
export interface SessionTerms {
  readonly idleMs: number;
  readonly absoluteMs: number;
}

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;

export const SESSION_TERMS: Readonly<Record<'console' | 'token', SessionTerms>> = {
  /** A browser somebody left open. */
  console: { idleMs: 12 * HOUR_MS, absoluteMs: 7 * DAY_MS },
  /** A program that refreshes; each refresh is a use. */
  token: { idleMs: 14 * DAY_MS, absoluteMs: 90 * DAY_MS },
};

/** Open sign-ins of one user; the next one ends the oldest, so that a program that never signs out fills no table. */
export const SESSIONS_PER_USER_MAX = 50;

/** How old a noted use may get before it is noted again: a busy session must not write at each request. */
export const TOUCH_AFTER_MS = 60_000;
