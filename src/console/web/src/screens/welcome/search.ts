export interface WelcomeSearch {
  /** Where to go after signing in: a path of this console. */
  readonly next?: string;
}

/** One slash and no more: two of them, or one with a backslash, lead to another host. */
const OWN_PATH = /^\/(?![/\\])/;

export function validateWelcomeSearch({ next }: Record<string, unknown>): WelcomeSearch {
  const isOwn = typeof next === 'string' && OWN_PATH.test(next) && !next.startsWith('/welcome');
  return isOwn ? { next } : {};
}
