export const CONSOLE_PATH = '/console/';
const PATH = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,1023}$/;
/** Any origin will do to see whether a path stays on it. */
const SOME_ORIGIN = 'http://quayside.invalid';

/** A path of ours, or the console: a sign-in must not be a way to send people elsewhere. */
export function returnAddress(wanted: string | undefined): string {
  if (wanted === undefined || !PATH.test(wanted) || !URL.canParse(wanted, SOME_ORIGIN)) return CONSOLE_PATH;
  const { origin, pathname, search, hash } = new URL(wanted, SOME_ORIGIN);
  return origin === SOME_ORIGIN && !pathname.startsWith('//') ? pathname + search + hash : CONSOLE_PATH;
}
