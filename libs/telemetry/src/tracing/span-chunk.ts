import { writeLength } from './proto-bytes';
import { type Span, type SpanKind } from './span';
import { type OwnText, type SpanParts } from './span-parts';

const SPANS_MAX = 512;

/** Where the ids stand in a traceparent. */
const TRACE_AT = 3;
const TRACE_END = 35;
const SPAN_AT = 36;
const SPAN_END = 52;
const FLAGS_AT = 53;
/** Bit 8 of the flags: whether the parent is of another process is said in bit 9. */
const REMOTE_IS_KNOWN = 1;
/** Numbers of the protocol. */
const KINDS: Readonly<Record<SpanKind, number>> = {
  internal: 1,
  server: 2,
  client: 3,
  producer: 4,
  consumer: 5,
};

/** Field numbers with their wire types: `ScopeSpans.spans`, then those of `Span`. */
const SPAN = 0x12;
const TRACE_ID: IdPlace = { field: 0x0a, from: TRACE_AT, end: TRACE_END };
const SPAN_ID: IdPlace = { field: 0x12, from: SPAN_AT, end: SPAN_END };
const PARENT_ID: IdPlace = { field: 0x22, from: SPAN_AT, end: SPAN_END };
const KIND = 0x30;
const START = 0x39;
const END = 0x41;
const ATTRIBUTE = 0x4a;
/** Of `KeyValue`, then of `AnyValue`. */
const VALUE = 0x12;
const STRING_VALUE = 0x0a;
/** 16 needs two bytes. */
const FLAGS = [0x85, 0x01] as const;

const NS_PER_MS = 1e6;
const US_PER_MS = 1_000;
const NS_PER_US = 1_000;
const WORD = 2 ** 32;
const WALL_TOLERANCE_MS = 5;
/** Work that is told of now has not begun before that. */
const LOOK_BACK_MS = 7 * 24 * 3_600_000;

/** What the wall clock is ahead of ours, which begins with the process. It is set right now and then; ours never is. */
let offsetMs = performance.timeOrigin;

/** Not asked for anew as long as it is right: it counts whole milliseconds, by which spans of a trace would differ. */
function wallOffsetMs(): number {
  const nowMs = Date.now() - performance.now();
  if (Math.abs(nowMs - offsetMs) > WALL_TOLERANCE_MS) offsetMs = nowMs;
  return offsetMs;
}

const HEX = new Uint8Array(128);
for (let digit = 0; digit < 16; digit += 1) HEX[digit.toString(16).charCodeAt(0)] = digit;

/**
 * Spans as the protocol has them in binary, written at once behind one another: what is kept as objects for a second is
 * carried along by each collection of garbage, and costs several times of what writing it costs. Full when nothing more
 * fits; how long it may wait is another's affair.
 */
export class SpanChunk {
  private length: number;
  private spans = 0;
  /** Times are written as what they are behind this one. */
  private readonly baseMs = performance.now() - LOOK_BACK_MS;
  private readonly baseHigh: number;
  private readonly baseLow: number;

  /** `before`: room in the bytes for what others write in front of the spans. */
  constructor(
    readonly bytes: Buffer,
    private readonly before: number,
  ) {
    this.length = before;
    const baseNs = BigInt(Math.round((wallOffsetMs() + this.baseMs) * US_PER_MS)) * BigInt(NS_PER_US);
    this.baseHigh = Number(baseNs / BigInt(WORD));
    this.baseLow = Number(baseNs % BigInt(WORD));
  }

  get count(): number {
    return this.spans;
  }

  get spanBytes(): number {
    return this.length - this.before;
  }

  /** With that in front of the spans for which there is room. */
  under(head: Buffer): Buffer {
    const from = this.before - head.length;
    head.copy(this.bytes, from);
    return this.bytes.subarray(from, this.length);
  }

  hasRoom(bytes: number): boolean {
    return this.spans < SPANS_MAX && this.length + bytes <= this.bytes.length;
  }

  /** Ids are written as they are: a traceparent is made by us, or was read as one. */
  write(span: Span, { name, attributes, own, ending, parent, size }: SpanParts): void {
    const { bytes } = this;
    const { traceparent } = span;
    let at = this.length;
    bytes[at++] = SPAN;
    at = writeLength(bytes, at, size);
    at = writeId(bytes, at, traceparent, TRACE_ID);
    at = writeId(bytes, at, traceparent, SPAN_ID);
    if (parent !== undefined) at = writeId(bytes, at, parent, PARENT_ID);
    at = put(bytes, at, name);
    bytes[at++] = KIND;
    bytes[at++] = KINDS[span.kind];
    at = this.writeTime(at, START, span.startedAtMs);
    at = this.writeTime(at, END, Math.max(span.startedAtMs, span.endedAtMs));
    at = put(bytes, at, attributes);
    if (own !== undefined) at = writeOwn(bytes, at, own);
    at = put(bytes, at, ending);
    bytes[at++] = FLAGS[0];
    bytes[at++] = FLAGS[1];
    bytes[at++] = hexByte(traceparent, FLAGS_AT);
    bytes[at++] = REMOTE_IS_KNOWN;
    bytes[at++] = 0;
    bytes[at++] = 0;
    this.length = at;
    this.spans += 1;
  }

  /** Nanoseconds since 1970 in 64 bits, of which a number keeps 53. */
  private writeTime(at: number, field: number, ms: number): number {
    const low = this.baseLow + Math.floor((ms - this.baseMs) * NS_PER_MS);
    this.bytes[at] = field;
    const behind = this.bytes.writeUInt32LE(low % WORD, at + 1);
    return this.bytes.writeUInt32LE(this.baseHigh + Math.floor(low / WORD), behind);
  }
}

const hexByte = (hex: string, at: number): number =>
  ((HEX[hex.charCodeAt(at)] ?? 0) << 4) | (HEX[hex.charCodeAt(at + 1)] ?? 0);

/** Few characters are faster put down here than by a call into the engine. */
const SHORT = 24;

function put(into: Buffer, at: number, part: Buffer): number {
  if (part.length > 0) into.set(part, at);
  return at + part.length;
}

function writeOwn(into: Buffer, from: number, own: OwnText): number {
  into[from] = ATTRIBUTE;
  let at = put(into, writeLength(into, from + 1, own.bytes), own.key);
  into[at++] = VALUE;
  at = writeLength(into, at, own.valueBytes);
  into[at++] = STRING_VALUE;
  at = writeLength(into, at, own.textBytes);
  const { text, textBytes } = own;
  // Without a byte more than characters there is nothing to encode.
  if (textBytes > SHORT || textBytes !== text.length) return at + into.write(text, at, 'utf8');
  for (let index = 0; index < textBytes; index += 1) into[at++] = text.charCodeAt(index);
  return at;
}

/** Of one, where its digits stand in a traceparent. */
interface IdPlace {
  readonly field: number;
  readonly from: number;
  readonly end: number;
}

function writeId(into: Buffer, at: number, traceparent: string, { field, from, end }: IdPlace): number {
  let place = at;
  into[place++] = field;
  into[place++] = (end - from) / 2;
  for (let digit = from; digit < end; digit += 2) into[place++] = hexByte(traceparent, digit);
  return place;
}
