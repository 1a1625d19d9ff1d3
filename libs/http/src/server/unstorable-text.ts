import { MalformedBodyError } from '../problems/request-errors';

/** In JSON both can only be written as escapes, and nearly no body has one: nearly none is walked. */
const SUSPICIOUS = /\\u(?:0000|[dD][89A-Fa-f])/;
/** NUL, which no text column takes, and halves of surrogate pairs, which are no characters (RFC 7493). */
const UNSTORABLE = /\0|\p{Surrogate}/u;

/** What no store can keep is refused at the door, or it would come back as a fault of ours. */
export function refuseUnstorableText(text: string, parsed: unknown): void {
  if (!SUSPICIOUS.test(text) || !holdsUnstorable(parsed)) return;
  throw new MalformedBodyError('The body holds U+0000 or half of a surrogate pair, which cannot be stored.');
}

function holdsUnstorable(value: unknown): boolean {
  if (typeof value === 'string') return UNSTORABLE.test(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, member]) => UNSTORABLE.test(key) || holdsUnstorable(member));
}
