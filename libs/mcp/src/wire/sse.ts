export interface SseEvent {
  /** `message` unless the stream says otherwise. */
  readonly event: string;
  readonly data: string;
  readonly id?: string;
}

export class SseTooLongError extends Error {}

/**
 * Cuts a byte stream into server-sent events. Bytes are gathered until a line is whole, so that a character cut in
 * two by the network is decoded once. Events without data (comments, keep-alives) are not reported.
 */
export async function* readSse(
  source: AsyncIterable<Uint8Array>,
  maxEventBytes: number,
): AsyncGenerator<SseEvent, void, void> {
  const draft = new EventDraft(maxEventBytes);
  for await (const line of readLines(source, maxEventBytes)) {
    const event = draft.add(line);
    if (event !== undefined) yield event;
  }
}

const LF = 0x0a;

async function* readLines(
  source: AsyncIterable<Uint8Array>,
  maxLineBytes: number,
): AsyncGenerator<string, void, void> {
  let pieces: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source) {
    let from = 0;
    for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, from)) {
      pieces.push(chunk.subarray(from, at));
      yield decode(pieces);
      pieces = [];
      size = 0;
      from = at + 1;
    }
    if (from === chunk.length) continue;
    pieces.push(chunk.subarray(from));
    size += chunk.length - from;
    if (size > maxLineBytes) throw new SseTooLongError(`an event is longer than ${maxLineBytes} bytes`);
  }
}

function decode(pieces: readonly Uint8Array[]): string {
  const text = Buffer.concat(pieces).toString('utf8');
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}

class EventDraft {
  private event = '';
  private data: string[] = [];
  private size = 0;
  private id: string | undefined;

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
    if (field !== 'data') return;
    // An empty line of data takes room, too: a stream of nothing else must end somewhere.
    this.size += value.length + 1;
    if (this.size > this.maxBytes)
      throw new SseTooLongError(`an event is longer than ${this.maxBytes} characters`);
    this.data.push(value);
  }

  private finish(): SseEvent | undefined {
    const { event, data, id } = this;
    this.event = '';
    this.data = [];
    this.size = 0;
    this.id = undefined;
    if (data.length === 0) return undefined;
    return {
      event: event === '' ? 'message' : event,
      data: data.join('\n'),
      ...(id === undefined ? {} : { id }),
    };
  }
}

/** One event on the wire. JSON holds no line break, so one `data` line is enough. */
export const sseFrame = (json: string): string => `event: message\ndata: ${json}\n\n`;
