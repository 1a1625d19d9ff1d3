const LF = 0x0a;
/** Of a line that is too long, this much of both ends is kept: a JSON-RPC id stands near one of them. */
const KEPT_END_BYTES = 1024;

export interface LineHandlers {
  onLine(line: string): void;
  /** A line beyond the limit went by; its middle was thrown away as it came. */
  onOversize(head: string, tail: string): void;
}

/**
 * Cuts a byte stream into lines. Decoding happens per whole line, because chunks end in the middle of characters; and
 * memory is bounded by the limit, because a server that never ends its line must not take ours.
 */
export class LineReader {
  private pieces: Buffer[] = [];
  private size = 0;
  private head: string | undefined;

  constructor(
    private readonly maxLineBytes: number,
    private readonly handlers: LineHandlers,
  ) {}

  push(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, from)) {
      this.add(chunk.subarray(from, at));
      this.finish();
      from = at + 1;
    }
    if (from < chunk.length) this.add(chunk.subarray(from));
  }

  private add(piece: Buffer): void {
    this.pieces.push(piece);
    this.size += piece.length;
    if (this.size <= this.maxLineBytes) return;
    const all = Buffer.concat(this.pieces);
    this.head ??= all.subarray(0, KEPT_END_BYTES).toString('utf8');
    this.pieces = [Buffer.from(all.subarray(-KEPT_END_BYTES))];
    // Counted from the limit on, so that the next piece is thrown away at once.
    this.size = this.maxLineBytes;
  }

  private finish(): void {
    const { pieces, head } = this;
    this.pieces = [];
    this.size = 0;
    this.head = undefined;
    const text = (pieces.length === 1 ? pieces[0] : Buffer.concat(pieces))?.toString('utf8') ?? '';
    if (head !== undefined) this.handlers.onOversize(head, text);
    else if (text.trim() !== '') this.handlers.onLine(text);
  }
}

/** The id that stands beside the outer brace of a cut message, or undefined. */
export function idAtEnds(head: string, tail: string): number | undefined {
  const match =
    /^\s*\{[^{}[\]]*?"id"\s*:\s*(\d{1,15})\b/.exec(head) ?? /"id"\s*:\s*(\d{1,15})[^{}[\]]*\}\s*$/.exec(tail);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}
