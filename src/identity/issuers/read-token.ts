import { parseJson } from '@app/http';
import { type JsonObject } from '@app/kernel';

/** No access token needs more; a longer one is not even decoded. */
export const MAX_TOKEN_CHARACTERS = 8 * 1_024;
const JWS = /^[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]+$/;
/** Absent is as good: few issuers name the type. Tokens of other purposes do, and are not access tokens. */
const TYPES: ReadonlySet<string> = new Set(['jwt', 'at+jwt', 'application/at+jwt']);
const OTHER_USES: ReadonlySet<string> = new Set(['refresh', 'offline', 'id']);

/** A token as it says of itself. Nothing of it is proved. */
export interface UnprovedToken {
  readonly algorithm: string;
  readonly claims: JsonObject;
}

/** Whether the text may be a signed token at all, so that other credentials cost nothing here. */
export const looksLikeToken = (text: string): boolean =>
  text.length <= MAX_TOKEN_CHARACTERS && JWS.test(text);

/**
 * undefined for what is not a signed token in plain JSON. Read as strictly as a request body: where two readers could
 * understand a token in two ways, it is no token.
 */
export function readToken(jwt: string): UnprovedToken | undefined {
  if (!looksLikeToken(jwt)) return undefined;
  const [head = '', body = ''] = jwt.split('.', 2);
  const header = partOf(head);
  const claims = partOf(body);
  if (header === undefined || claims === undefined) return undefined;
  const { alg, typ } = header;
  if (typeof alg !== 'string' || !isAccessType(typ) || isOfOtherUse(claims)) return undefined;
  return { algorithm: alg, claims };
}

/** Issuers that say the use in a claim: by the same key they sign what only they themselves should ever see again. */
const isOfOtherUse = ({ type, typ }: JsonObject): boolean =>
  [type, typ].some((use) => typeof use === 'string' && OTHER_USES.has(use.toLowerCase()));

const isAccessType = (typ: unknown): boolean =>
  typ === undefined || (typeof typ === 'string' && TYPES.has(typ.toLowerCase()));

function partOf(encoded: string): JsonObject | undefined {
  try {
    const value = parseJson(Buffer.from(encoded, 'base64url'));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as JsonObject) : undefined;
  } catch {
    // Whoever made it learns nothing about what is wrong with it.
    return undefined;
  }
}
