import { BodyTooComplexError } from '../problems/request-errors';

export const MAX_JSON_DEPTH = 64;
export const MAX_KEYS_PER_OBJECT = 10_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPENERS: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const CLOSERS: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/**
 * Counts before anything is built: one pass over the bytes, no recursion. It need not understand bad JSON, the parser
 * refuses that; outside of strings each colon of good JSON is one key of the innermost object. Answers how many there are.
 */
export function checkJsonLimits(bytes: Uint8Array): number {
  const keys: number[] = [];
  let total = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) at = endOfString(bytes, at);
    else if (OPENERS.has(byte)) open(keys);
    else if (CLOSERS.has(byte)) keys.pop();
    else if (byte === COLON) {
      countKey(keys);
      total += 1;
    }
  }
  return total;
}

function open(keys: number[]): void {
  if (keys.push(0) > MAX_JSON_DEPTH) {
    throw new BodyTooComplexError(`The body is nested more than ${MAX_JSON_DEPTH} levels deep.`);
  }
}

function countKey(keys: number[]): void {
  const last = keys.length - 1;
  const count = (keys[last] ?? 0) + 1;
  keys[last] = count;
  if (count > MAX_KEYS_PER_OBJECT) {
    throw new BodyTooComplexError(`An object of the body has more than ${MAX_KEYS_PER_OBJECT} keys.`);
  }
}

function endOfString(bytes: Uint8Array, start: number): number {
  for (let at = start + 1; at < bytes.length; at += 1) {
    if (bytes[at] === BACKSLASH) at += 1;
    else if (bytes[at] === QUOTE) return at;
  }
  return bytes.length;
}
