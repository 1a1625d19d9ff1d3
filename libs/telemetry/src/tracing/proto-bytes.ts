/**
 * Pieces of the binary form of protocol buffers: a field is its number and wire type, then its value; what is nested or text
 * has its length before it. See "Encoding" of the Protocol Buffers documentation.
 */
const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;

const BITS_OF_A_DIGIT = 7;
const DIGIT = 1 << BITS_OF_A_DIGIT;
const MAX_UINT64_BITS = 64;

const tag = (field: number, wire: number): Buffer => varint(field * 8 + wire);

export function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= DIGIT; rest = Math.floor(rest / DIGIT)) bytes.push((rest % DIGIT) + DIGIT);
  return Buffer.from([...bytes, rest]);
}

/** Bytes of the length of something shorter than 2 MiB. */
export const lengthSize = (length: number): number => (length < DIGIT ? 1 : length < DIGIT * DIGIT ? 2 : 3);

/** Writes a length at a place of a buffer; answers the place behind it. */
export function writeLength(into: Buffer, at: number, length: number): number {
  let place = at;
  let rest = length;
  for (; rest >= DIGIT; rest >>>= BITS_OF_A_DIGIT) into[place++] = (rest & (DIGIT - 1)) | DIGIT;
  into[place++] = rest;
  return place;
}

/** What stands before so many bytes of a message. */
export const opened = (field: number, bytes: number): Buffer =>
  Buffer.concat([tag(field, LENGTH), varint(bytes)]);

export const message = (field: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([opened(field, body.length), body]);
};

export const text = (field: number, value: string): Buffer => message(field, Buffer.from(value));

export const unsigned = (field: number, value: number): Buffer =>
  Buffer.concat([tag(field, VARINT), varint(value)]);

/** An int64: a negative one is written as its two's complement. */
export function signed(field: number, value: number): Buffer {
  if (value >= 0) return unsigned(field, value);
  const bytes: number[] = [];
  let rest = BigInt.asUintN(MAX_UINT64_BITS, BigInt(value));
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) + DIGIT);
  return Buffer.concat([tag(field, VARINT), Buffer.from([...bytes, Number(rest)])]);
}

export function double(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([tag(field, FIXED64), bytes]);
}
