import { createHash, randomUUID } from 'node:crypto';

export const newId = (): string => randomUUID();

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
