import { type IncomingHttpHeaders } from 'node:http';
import { type Socket } from 'node:net';
import { type PlainHead } from './plain-head';

/** undefined: its sender went away half-way. */
export type OnPlainBody = (body: Buffer | undefined) => void;

/** Makes one of the pieces that a body came in. */
export type GatherBody = (pieces: readonly Buffer[], bytes: number) => Buffer;

const NOTHING = Buffer.alloc(0);
const concat: GatherBody = (pieces, bytes) => Buffer.concat(pieces, bytes);

/** Whose request it is. */
export interface RequestOwner {
  /** The body is wanted, or wanted by nobody. */
  onDecided(): void;
  /** False where it is too late. */
  giveBack(request: PlainRequest): boolean;
}

/** A request that was read by us. Its body is as long as its head says, which is never more than the server allows. */
export class PlainRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<IncomingHttpHeaders>;
  private pieces: Buffer[] = [];
  private readonly bodyBytes: number;
  private missing: number;
  private isDiscarded = false;
  private isLost = false;
  private isTold = false;
  /** Nothing was answered: what was read is kept, in case somebody else is to read it. */
  private isOpen = true;
  private onBody: OnPlainBody | undefined = undefined;
  private gather = concat;

  constructor(
    { method, url, headers, bodyBytes }: PlainHead,
    readonly socket: Socket,
    private readonly owner: RequestOwner,
  ) {
    this.method = method;
    this.url = url;
    this.headers = headers;
    this.bodyBytes = bodyBytes;
    this.missing = bodyBytes;
  }

  get missingBytes(): number {
    return this.missing;
  }

  /** Of the body, as far as it came; undefined when not all of that is there any more. */
  get read(): readonly Buffer[] | undefined {
    return this.isOpen && !this.isDiscarded && !this.isLost ? this.pieces : undefined;
  }

  /** It is known what becomes of the body: what comes of it has somewhere to go. */
  get isDecided(): boolean {
    return this.isDiscarded || this.onBody !== undefined;
  }

  /** Tells the whole body, at once when it is there. For one reader, who comes once. */
  takeBody(onBody: OnPlainBody, gather = concat): void {
    this.onBody = onBody;
    this.gather = gather;
    if (this.isLost) onBody(undefined);
    else if (this.missing === 0) this.tell();
    else this.owner.onDecided();
  }

  /**
   * Leaves the request to Node's reader, with all that was read of it, as if it had never been looked at. For as long as nothing
   * was answered; false, and nothing happens, where that is over or the client is gone. Its body is told to nobody any more.
   */
  giveBack(): boolean {
    return this.owner.giveBack(this);
  }

  /** It is being answered here: nobody else will read it. */
  settle(): void {
    this.isOpen = false;
    if (this.isTold) this.pieces = [];
  }

  /** Nobody will read the body. */
  resume(): void {
    if (this.isDecided) return;
    this.isDiscarded = true;
    this.pieces = [];
    this.owner.onDecided();
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
    this.pieces = [];
    if (this.missing > 0) this.onBody?.(undefined);
  }

  private tell(): void {
    const { pieces, onBody, bodyBytes } = this;
    const [only = NOTHING] = pieces;
    const body = pieces.length > 1 ? this.gather(pieces, bodyBytes) : only;
    this.isTold = true;
    this.pieces = this.isOpen ? [body] : [];
    onBody?.(body);
  }
}
