export interface SseEvent {
  /** `message` unless the stream says otherwise. */
  readonly event: string;
  readonly data: string;
  readonly id?: string;
  /** How long to wait before the stream is opened again. */
  readonly retryMs?: number;
}

export class SseTooLongError extends Error {}

const LF = 0x0a;
const CR = 0x0d;

/**
 * Cuts bytes into server-sent events, without waiting for anything: one look at each byte, one decoding of each line.
 * Bytes are gathered until a line is whole, so that a character cut in two by the network is decoded once. Comments are
 * not reported; an event may be without data when it says where the stream stands or how to come back to it.
 */
export class SseReader {
  private readonly draft: EventDraft;
  private pieces: Uint8Array[] = [];
  private size = 0;

  constructor(private readonly maxEventBytes: number) {
    this.draft = new EventDraft(maxEventBytes);
  }

  push(chunk: Uint8Array): SseEvent[] {
    const events: SseEvent[] = [];
    let from = 0;
    for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, from)) {
      const event = this.draft.add(this.line(chunk.subarray(from, at)));
      if (event !== undefined) events.push(event);
      from = at + 1;
    }
    if (from < chunk.length) this.keep(chunk.subarray(from));
    return events;
  }

  private line(last: Uint8Array): string {
    if (this.pieces.length === 0) return decode(last);
    const whole = Buffer.concat([...this.pieces, last]);
    this.pieces = [];
    this.size = 0;
    return decode(whole);
  }

  private keep(rest: Uint8Array): void {
    this.pieces.push(rest);
    this.size += rest.length;
    if (this.size > this.maxEventBytes)
      throw new SseTooLongError(`an event is longer than ${this.maxEventBytes} bytes`);
  }
}

function decode(line: Uint8Array): string {
  const end = line.at(-1) === CR ? line.length - 1 : line.length;
  return Buffer.from(line.buffer, line.byteOffset, end).toString('utf8');
}

class EventDraft {
  private event = '';
  private data: string[] = [];
  private size = 0;
  private id: string | undefined;
  private retryMs: number | undefined;

  constructor(private readonly maxBytes: number) {}

  /** An empty line ends an event. */
  add(line: string): SseEvent | undefined {
    if (line === '') return this.finish();
    const colon = line.indexOf(':');
    if (colon === 0) return undefined;
    const field = colon === -1 ? line : line.slice(0, colon);
    const rest = colon === -1 ? '' : line.slice(colon + 1);
    this.take(field, rest.startsWith(' ') ? rest.slice(1) : rest);
    return undefined;
  }

  private take(field: string, value: string): void {
    if (field === 'event') this.event = value;
    if (field === 'id') this.id = value;
    if (field === 'retry' && /^\d{1,9}$/.test(value)) this.retryMs = Number(value);
    if (field !== 'data') return;
    // An empty line of data takes room, too: a stream of nothing else must end somewhere.
    this.size += value.length + 1;
    if (this.size > this.maxBytes)
      throw new SseTooLongError(`an event is longer than ${this.maxBytes} characters`);
    this.data.push(value);
  }

  private finish(): SseEvent | undefined {
    const { event, data, id, retryMs } = this;
    this.event = '';
    this.data = [];
    this.size = 0;
    this.id = undefined;
    this.retryMs = undefined;
    if (data.length === 0 && id === undefined && retryMs === undefined) return undefined;
    return {
      event: event === '' ? 'message' : event,
      data: data.length === 1 ? (data[0] ?? '') : data.join('\n'),
      ...(id === undefined ? {} : { id }),
      ...(retryMs === undefined ? {} : { retryMs }),
    };
  }
}

/** One event on the wire. JSON holds no line break, so one `data` line is enough. */
export const sseFrame = (json: string): string => `event: message\ndata: ${json}\n\n`;
