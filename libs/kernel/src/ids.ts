import { createHash, randomFillSync } from 'node:crypto';

const ID_BYTES = 16;
/** Every call needs ids: asking the system for each, and joining its text out of pieces, would be a good part of its cost. */
const random = Buffer.alloc(256 * ID_BYTES);
let used = random.length;
const DIGITS = Buffer.from('0123456789abcdef');
/** Where the digits of a byte go in the text; the dashes stand already. */
const PLACES = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const;
const text = Buffer.from('00000000-0000-0000-0000-000000000000');

/** Random: version 4 of RFC 9562. */
export function newId(): string {
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  random[used + 6] = ((random[used + 6] ?? 0) & 0x0f) | 0x40;
  random[used + 8] = ((random[used + 8] ?? 0) & 0x3f) | 0x80;
  for (let at = 0; at < ID_BYTES; at += 1) {
    const byte = random[used + at] ?? 0;
    const place = PLACES[at] ?? 0;
    text[place] = DIGITS[byte >> 4] ?? 0;
    text[place + 1] = DIGITS[byte & 0x0f] ?? 0;
  }
  used += ID_BYTES;
  return text.toString('latin1');
}

/** The same id for the same words, as unlike any other as a random one: version 8 of RFC 9562. */
export function derivedId(...words: readonly string[]): string {
  const digest = createHash('sha256').update(JSON.stringify(words)).digest().subarray(0, 16);
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x80;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  return digest.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
export const isUuid = (text: string): boolean => UUID.test(text);

/** The first 12 hexadecimal digits of an id: enough for names of containers and networks, short enough to read. */
export const shortId = (id: string): string => id.replaceAll('-', '').slice(0, 12);
