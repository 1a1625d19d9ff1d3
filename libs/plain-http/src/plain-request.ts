import { type IncomingHttpHeaders } from 'node:http';
import { type Socket } from 'node:net';
import { type PlainHead } from './plain-head';

/** undefined: its sender went away half-way. */
export type OnPlainBody = (body: Buffer | undefined) => void;

const NOTHING = Buffer.alloc(0);

/** A request that was read by us. Its body is as long as its head says, which is never more than the server allows. */
export class PlainRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<IncomingHttpHeaders>;
  private readonly pieces: Buffer[] = [];
  private missing: number;
  private isDiscarded = false;
  private isLost = false;
  private onBody: OnPlainBody | undefined = undefined;

  constructor(
    { method, url, headers, bodyBytes }: PlainHead,
    readonly socket: Socket,
    /** Told once the body is wanted, or wanted by nobody. */
    private readonly onDecided: () => void,
  ) {
    this.method = method;
    this.url = url;
    this.headers = headers;
    this.missing = bodyBytes;
  }

  get missingBytes(): number {
    return this.missing;
  }

  /** It is known what becomes of the body: what comes of it has somewhere to go. */
  get isDecided(): boolean {
    return this.isDiscarded || this.onBody !== undefined;
  }

  /** Tells the whole body, at once when it is there. For one reader, who comes once. */
  takeBody(onBody: OnPlainBody): void {
    this.onBody = onBody;
    if (this.isLost) onBody(undefined);
    else if (this.missing === 0) this.tell();
    else this.onDecided();
  }

  /** Nobody will read the body. */
  resume(): void {
    if (this.isDecided) return;
    this.isDiscarded = true;
    this.pieces.length = 0;
    this.onDecided();
  }

  /** Takes what belongs to the body and tells how far that went. The bytes are kept as they are, without a copy. */
  push(bytes: Buffer, from: number): number {
    const end = Math.min(bytes.length, from + this.missing);
    if (end === from) return from;
    this.missing -= end - from;
    if (!this.isDiscarded) this.pieces.push(bytes.subarray(from, end));
    if (this.missing === 0 && this.onBody !== undefined) this.tell();
    return end;
  }

  /** The connection is gone. */
  lose(): void {
    if (this.isLost) return;
    this.isLost = true;
    this.pieces.length = 0;
    if (this.missing > 0) this.onBody?.(undefined);
  }

  private tell(): void {
    const { pieces, onBody } = this;
    const [only = NOTHING] = pieces;
    const body = pieces.length > 1 ? Buffer.concat(pieces) : only;
    pieces.length = 0;
    onBody?.(body);
  }
}
