const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const SPACE = 0x20;
const NON_ASCII = 0x80;
const ZERO = 0x30;
/** More would not fit a number exactly. */
const COUNT_DIGITS_MAX = 15;
const NOTHING = -1;
/** Up to here a string is read byte by byte; for the rest one native search is faster than any loop. */
const SHORT_STRING_BYTES = 48;
/** What JSON calls a number; everything else that is no string and no structure is one of three words. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const WORDS: ReadonlySet<string> = new Set(['true', 'false', 'null']);

/** The bytes are no JSON, or more deeply nested than anybody needs. */
export class JsonFault extends Error {
  constructor(
    message: string,
    readonly isTooDeep = false,
  ) {
    super(message);
  }
}

/**
 * Walks over JSON bytes without building anything. Structure is checked exactly, since it decides which member is which. Of
 * long strings only the end is looked for: a control character in the middle of one changes nothing that we decide by.
 */
export class JsonCursor {
  at = 0;
  /** Of the string that was passed last: its bytes without the quotes. */
  stringStart = 0;
  stringEnd = 0;
  /** Its bytes are its text: ASCII, and nothing escaped. */
  isPlain = true;
  /** The scalar that was passed last is a whole number without sign, short enough to be exact, and which one. */
  isCount = false;
  count = 0;
  private isFirst = false;

  constructor(
    readonly bytes: Buffer,
    private readonly maxDepth: number,
  ) {}

  /** Goes to the next byte that is no white space, and tells it; -1 at the end. */
  peek(): number {
    const { bytes } = this;
    let { at } = this;
    let byte = at < bytes.length ? (bytes[at] ?? NOTHING) : NOTHING;
    while (byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      at += 1;
      byte = at < bytes.length ? (bytes[at] ?? NOTHING) : NOTHING;
    }
    this.at = at;
    return byte;
  }

  isAtString(): boolean {
    return this.peek() === QUOTE;
  }

  isAtObject(): boolean {
    return this.peek() === OPEN_BRACE;
  }

  isAtArray(): boolean {
    return this.peek() === OPEN_BRACKET;
  }

  isAtEnd(): boolean {
    return this.peek() === NOTHING;
  }

  /** Into the object that stands here; its members follow by `nextMember`. */
  enterObject(depth: number): void {
    this.expect(OPEN_BRACE);
    if (depth > this.maxDepth) throw new JsonFault('it is nested too deeply', true);
    this.isFirst = true;
  }

  /** To the value of the next member, whose name is the string passed last; false behind the end of the object. */
  nextMember(): boolean {
    const byte = this.peek();
    if (byte === CLOSE_BRACE) {
      this.at += 1;
      this.isFirst = false;
      return false;
    }
    if (this.isFirst) this.isFirst = false;
    else this.expect(COMMA);
    this.passString();
    this.expect(COLON);
    this.peek();
    return true;
  }

  /** Over whatever stands here, which lies in an object or array of this depth. */
  passValue(depth: number): void {
    const byte = this.peek();
    if (byte === QUOTE) this.passString();
    else if (byte === OPEN_BRACE) this.passObject(depth + 1);
    else if (byte === OPEN_BRACKET) this.passArray(depth + 1);
    else this.passScalar();
  }

  /** Over a string, noting where it stood. */
  passString(): void {
    const { bytes } = this;
    if (this.peek() !== QUOTE) throw new JsonFault('a string is missing');
    const start = this.at + 1;
    const limit = Math.min(bytes.length, start + SHORT_STRING_BYTES);
    let seen = 0;
    for (let at = start; at < limit; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte === QUOTE) {
        this.note(start, at, (seen & NON_ASCII) === 0);
        return;
      }
      if (byte < SPACE) throw new JsonFault('a control character stands in a string');
      seen |= byte;
      if (byte === BACKSLASH) {
        seen |= NON_ASCII;
        at += 1;
        if ((bytes[at] ?? SPACE) < SPACE) throw new JsonFault('a control character stands in a string');
      }
    }
    this.passLongString(start);
  }

  /** The string that was passed last. */
  text(): string {
    return this.isPlain
      ? this.bytes.toString('latin1', this.stringStart, this.stringEnd)
      : textOf(this.bytes, this.stringStart, this.stringEnd);
  }

  /** Whether the string that was passed last is this one, written without escapes. */
  isText(text: string): boolean {
    const { bytes, stringStart } = this;
    if (this.stringEnd - stringStart !== text.length) return false;
    for (let index = 0; index < text.length; index += 1)
      if (bytes[stringStart + index] !== text.charCodeAt(index)) return false;
    return true;
  }

  /** Begun again from the start: the loop before may have stopped between a backslash and what it escapes. */
  private passLongString(start: number): void {
    const { bytes } = this;
    let quote = bytes.indexOf(QUOTE, start);
    while (quote !== NOTHING && isEscapedAt(bytes, quote, start)) quote = bytes.indexOf(QUOTE, quote + 1);
    if (quote === NOTHING) throw new JsonFault('a string does not end');
    this.note(start, quote, false);
  }

  private note(start: number, end: number, isPlain: boolean): void {
    this.stringStart = start;
    this.stringEnd = end;
    this.isPlain = isPlain;
    this.at = end + 1;
  }

  private passObject(depth: number): void {
    this.enterObject(depth);
    while (this.nextMember()) this.passValue(depth);
  }

  private passArray(depth: number): void {
    this.expect(OPEN_BRACKET);
    if (depth > this.maxDepth) throw new JsonFault('it is nested too deeply', true);
    if (this.peek() === CLOSE_BRACKET) {
      this.at += 1;
      return;
    }
    for (;;) {
      this.passValue(depth);
      const byte = this.peek();
      if (byte === CLOSE_BRACKET) break;
      this.expect(COMMA);
    }
    this.at += 1;
  }

  private passScalar(): void {
    const { bytes } = this;
    const start = this.at;
    let { at } = this;
    while (at < bytes.length && isScalarByte(bytes[at] ?? 0)) at += 1;
    this.at = at;
    this.isCount = this.readCount(start);
    if (this.isCount) return;
    const text = bytes.toString('latin1', start, at);
    if (!NUMBER.test(text) && !WORDS.has(text)) throw new JsonFault('a value is missing or no JSON');
  }

  /** Most numbers are ids and count something: these are read as they are, the rest is asked of a pattern. */
  private readCount(start: number): boolean {
    const { bytes, at } = this;
    const digits = at - start;
    if (digits === 0 || digits > COUNT_DIGITS_MAX) return false;
    if (digits > 1 && bytes[start] === ZERO) return false;
    let count = 0;
    for (let index = start; index < at; index += 1) {
      const byte = bytes[index] ?? 0;
      if (!isDigit(byte)) return false;
      count = count * 10 + byte - ZERO;
    }
    this.count = count;
    return true;
  }

  private expect(byte: number): void {
    if (this.peek() !== byte) throw new JsonFault(`"${String.fromCharCode(byte)}" is missing`);
    this.at += 1;
  }
}

/** The text between two quotes, as a parser would read it. */
export function textOf(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf8', start, end);
  if (!text.includes('\\')) return text;
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    throw new JsonFault('a string has an unknown escape');
  }
}

/** An odd number of backslashes stands before it. */
function isEscapedAt(bytes: Buffer, quote: number, start: number): boolean {
  let at = quote - 1;
  while (at >= start && bytes[at] === BACKSLASH) at -= 1;
  return (quote - at) % 2 === 0;
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;
/** Letters, digits and the signs of numbers: where these end, a word or number ends. */
const isScalarByte = (byte: number): boolean =>
  isDigit(byte) ||
  (byte >= 0x61 && byte <= 0x7a) ||
  byte === 0x2d ||
  byte === 0x2b ||
  byte === 0x2e ||
  byte === 0x45;
