/**
 * Lists as PostgreSQL reads them without parsing: the binary form of its one-dimensional arrays (`array_recv`, and the `recv`
 * of each type). The driver sends a Buffer in binary, so many rows go in one statement with a list for each column, behind
 * `unnest($1::uuid[], …)`. For what is written a thousand times a second; everything else is better off with JSON.
 */
type Nullable<T> = readonly (T | null)[];

/** Object ids of types, the same in every PostgreSQL (`pg_type.dat`). */
const OID = { int4: 23, text: 25, float4: 700, timestamptz: 1184, uuid: 2950 } as const;
/** Dimensions, whether there are nulls, type, length, number of the first. */
const HEAD_BYTES = 20;
const LENGTH_BYTES = 4;
const NULL_LENGTH = -1;
/** PostgreSQL counts time from 2000 on, in microseconds. */
const EPOCH_MS = Date.UTC(2000, 0, 1);
const US_PER_MS = 1_000;
const TWO_TO_32 = 2 ** 32;
/** U+FFFD for what no text column takes. */
const NUL = /\0/g;
const REPLACEMENT = '\uFFFD';

type Write<T> = (into: Buffer, at: number, value: T) => void;

export const int4Array = (values: Nullable<number>): Buffer =>
  fixed(OID.int4, 4, values, (into, at, value) => {
    into.writeInt32BE(value, at);
  });

export const float4Array = (values: Nullable<number>): Buffer =>
  fixed(OID.float4, 4, values, (into, at, value) => {
    into.writeFloatBE(value, at);
  });

/** Milliseconds since 1970. */
export const timestamptzArray = (values: Nullable<number>): Buffer =>
  fixed(OID.timestamptz, 8, values, (into, at, ms) => {
    const us = Math.round((ms - EPOCH_MS) * US_PER_MS);
    into.writeInt32BE(Math.floor(us / TWO_TO_32), at);
    into.writeUInt32BE(us >>> 0, at + 4);
  });

/** Throws a RangeError for what is no id in its usual form. */
export const uuidArray = (values: Nullable<string>): Buffer => fixed(OID.uuid, 16, values, writeUuid);

/** NUL, which no text column takes, becomes the sign for a character that is none. */
export function textArray(values: Nullable<string>): Buffer {
  const texts = values.map((value) =>
    value?.includes('\0') === true ? value.replace(NUL, REPLACEMENT) : value,
  );
  const bytes = texts.reduce<number>((sum, text) => sum + (text === null ? 0 : Buffer.byteLength(text)), 0);
  const into = begin(OID.text, texts, HEAD_BYTES + texts.length * LENGTH_BYTES + bytes);
  let at = HEAD_BYTES;
  for (const text of texts) {
    const length = text === null ? 0 : into.write(text, at + LENGTH_BYTES);
    into.writeInt32BE(text === null ? NULL_LENGTH : length, at);
    at += LENGTH_BYTES + length;
  }
  return into;
}

function fixed<T>(oid: number, size: number, values: Nullable<T>, write: Write<T>): Buffer {
  const into = begin(oid, values, HEAD_BYTES + values.length * (LENGTH_BYTES + size));
  let at = HEAD_BYTES;
  for (const value of values) {
    into.writeInt32BE(value === null ? NULL_LENGTH : size, at);
    at += LENGTH_BYTES;
    if (value === null) continue;
    write(into, at, value);
    at += size;
  }
  return into.subarray(0, at);
}

function begin(oid: number, values: Nullable<unknown>, bytes: number): Buffer {
  const into = Buffer.allocUnsafe(bytes);
  into.writeInt32BE(1, 0);
  into.writeInt32BE(values.includes(null) ? 1 : 0, 4);
  into.writeInt32BE(oid, 8);
  into.writeInt32BE(values.length, 12);
  into.writeInt32BE(1, 16);
  return into;
}

/** Where the pairs of digits of an id stand in its text. */
const PAIRS = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const;
const UUID_CHARACTERS = 36;
const NO_DIGIT = 0xff;
const DIGITS = digits();

function writeUuid(into: Buffer, at: number, id: string): void {
  let isProper = id.length === UUID_CHARACTERS;
  for (let place = 0; place < PAIRS.length; place += 1) {
    const pair = PAIRS[place] ?? 0;
    const high = DIGITS[id.charCodeAt(pair)] ?? NO_DIGIT;
    const low = DIGITS[id.charCodeAt(pair + 1)] ?? NO_DIGIT;
    if (high === NO_DIGIT || low === NO_DIGIT) isProper = false;
    into[at + place] = (high << 4) | low;
  }
  if (!isProper) throw new RangeError('An id that is none.');
}

function digits(): Uint8Array {
  const values = new Uint8Array(0x80).fill(NO_DIGIT);
  for (let value = 0; value < 16; value += 1) {
    const text = value.toString(16);
    values[text.charCodeAt(0)] = value;
    values[text.toUpperCase().charCodeAt(0)] = value;
  }
  return values;
}
