import { WireFault } from './wire-fault';

/** A size or a trailer longer than this is no good sign. */
const LINE_MAX_BYTES = 4_096;
const TRAILERS_MAX = 100;
const SIZE = /^([0-9a-fA-F]{1,12})[ \t]*(?:;[^\0-\x08\x0a-\x1f\x7f]*)?$/;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;

type Part = 'size' | 'data' | 'data-end' | 'trailers' | 'done';

/** A body in chunks, of which any piece may come at any time. */
export class ChunkedBody {
  private part: Part = 'size';
  private left = 0;
  private line = '';
  private trailers = 0;

  get isDone(): boolean {
    return this.part === 'done';
  }

  /** Takes what belongs to the body and tells how far that went. */
  push(bytes: Buffer, from: number, onData: (data: Buffer) => void): number {
    let at = from;
    while (at < bytes.length && this.part !== 'done') {
      at = this.part === 'data' ? this.takeData(bytes, at, onData) : this.takeLine(bytes, at);
    }
    return at;
  }

  private takeData(bytes: Buffer, at: number, onData: (data: Buffer) => void): number {
    const end = Math.min(bytes.length, at + this.left);
    this.left -= end - at;
    if (this.left === 0) this.part = 'data-end';
    onData(bytes.subarray(at, end));
    return end;
  }

  private takeLine(bytes: Buffer, at: number): number {
    const feed = bytes.indexOf(LINE_FEED, at);
    const end = feed === -1 ? bytes.length : feed;
    if (this.line.length + end - at > LINE_MAX_BYTES)
      throw new WireFault('HPE_INVALID_CHUNK_SIZE', 'a line of a chunked body is too long');
    this.line += bytes.toString('latin1', at, end);
    if (feed === -1) return end;
    const { line } = this;
    this.line = '';
    if (line.charCodeAt(line.length - 1) !== RETURN)
      throw new WireFault('HPE_INVALID_CHUNK_SIZE', 'a line of a chunked body ends improperly');
    this.readLine(line.slice(0, -1));
    return feed + 1;
  }

  private readLine(line: string): void {
    if (this.part === 'size') this.readSize(line);
    else if (this.part === 'data-end') {
      if (line !== '') throw new WireFault('HPE_STRICT', 'a chunk is longer than it said');
      this.part = 'size';
    } else if (line === '') this.part = 'done';
    else if ((this.trailers += 1) > TRAILERS_MAX)
      throw new WireFault('UND_ERR_HEADERS_OVERFLOW', 'too many trailers');
  }

  private readSize(line: string): void {
    const match = SIZE.exec(line);
    if (match === null) throw new WireFault('HPE_INVALID_CHUNK_SIZE', 'a chunk without a proper size');
    this.left = Number.parseInt(match[1] ?? '', 16);
    this.part = this.left === 0 ? 'trailers' : 'data';
  }
}
