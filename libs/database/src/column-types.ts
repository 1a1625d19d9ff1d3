import { type ColumnType } from './array-column';

/** PostgreSQL counts time from 2000 on, in microseconds. */
const EPOCH_MS = Date.UTC(2000, 0, 1);
const US_PER_MS = 1_000;
const TWO_TO_32 = 2 ** 32;

export const INT4: ColumnType<number> = {
  oid: 23,
  roomFor: () => 4,
  write: (into, at, value) => into.writeInt32BE(value, at) - at,
};

export const FLOAT4: ColumnType<number> = {
  oid: 700,
  roomFor: () => 4,
  write: (into, at, value) => into.writeFloatBE(value, at) - at,
};

/** Milliseconds since 1970. */
export const TIMESTAMPTZ: ColumnType<number> = {
  oid: 1184,
  roomFor: () => 8,
  write: (into, at, ms) => {
    const us = Math.round((ms - EPOCH_MS) * US_PER_MS);
    into.writeInt32BE(Math.floor(us / TWO_TO_32), at);
    return into.writeUInt32BE(us >>> 0, at + 4) - at;
  },
};

const UUID_BYTES = 16;
/** Where the pairs of digits of an id stand in its text. */
const PAIRS = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const;
const UUID_CHARACTERS = 36;
const NO_DIGIT = 0xff;
const DIGITS = digits();

/** Throws a RangeError for what is no id in its usual form. */
export const UUID: ColumnType<string> = {
  oid: 2950,
  roomFor: () => UUID_BYTES,
  write: (into, at, id) => {
    let isProper = id.length === UUID_CHARACTERS;
    for (let place = 0; place < UUID_BYTES; place += 1) {
      const pair = PAIRS[place] ?? 0;
      const high = DIGITS[id.charCodeAt(pair)] ?? NO_DIGIT;
      const low = DIGITS[id.charCodeAt(pair + 1)] ?? NO_DIGIT;
      if (high === NO_DIGIT || low === NO_DIGIT) isProper = false;
      into[at + place] = (high << 4) | low;
    }
    if (!isProper) throw new RangeError('An id that is none.');
    return UUID_BYTES;
  },
};

/** Of one UTF-16 unit. */
const UTF8_BYTES_MAX = 3;
const ASCII_MAX = 0x7f;
/** U+FFFD for what no text column takes. */
const NUL = /\0/g;
const REPLACEMENT = '\uFFFD';

/** NUL, which no text column takes, becomes the sign for a character that is none. */
export const TEXT: ColumnType<string> = {
  oid: 25,
  roomFor: (text) => text.length * UTF8_BYTES_MAX,
  write: (into, at, text) => {
    // Most texts here are short and plain: to ask the engine for the bytes of one costs more than to write them.
    for (let place = 0; place < text.length; place += 1) {
      const code = text.charCodeAt(place);
      if (code === 0 || code > ASCII_MAX) return into.write(text.replace(NUL, REPLACEMENT), at);
      into[at + place] = code;
    }
    return text.length;
  },
};

function digits(): Uint8Array {
  const values = new Uint8Array(0x80).fill(NO_DIGIT);
  for (let value = 0; value < 16; value += 1) {
    const text = value.toString(16);
    values[text.charCodeAt(0)] = value;
    values[text.toUpperCase().charCodeAt(0)] = value;
  }
  return values;
}
