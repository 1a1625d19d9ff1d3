import { type JsonObject } from '@app/kernel';

/** How an event is put on the wire: two shapes, each by WebSocket or as server-sent events. */
export type Shape = 'flat' | 'cloudevents';
export type Carrier = 'ws' | 'sse';
export interface Format {
  readonly carrier: Carrier;
  readonly shape: Shape;
}

const FINAL_TEXT = 0x81;
const LENGTH_IN_7_BITS = 125;
const MARK_OF_16_BITS = 126;
const MARK_OF_64_BITS = 127;
const LENGTH_IN_16_BITS = 0xffff;

/** A whole text frame as a server sends it (RFC 6455 5.2). The same bytes for everybody: only clients mask theirs. */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const head = headOf(length);
  const frame = Buffer.allocUnsafe(head.length + length);
  head.copy(frame);
  frame.write(text, head.length);
  return frame;
}

function headOf(length: number): Buffer {
  if (length <= LENGTH_IN_7_BITS) return Buffer.from([FINAL_TEXT, length]);
  if (length <= LENGTH_IN_16_BITS) {
    const head = Buffer.from([FINAL_TEXT, MARK_OF_16_BITS, 0, 0]);
    head.writeUInt16BE(length, 2);
    return head;
  }
  const head = Buffer.alloc(10);
  head.set([FINAL_TEXT, MARK_OF_64_BITS]);
  head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}

export interface SseEvent {
  readonly type: string;
  readonly data: JsonObject;
  /** What a reader that lost its connection comes back with. */
  readonly id?: number | undefined;
}

/** One server-sent event; JSON has no line breaks of its own. */
export const sseEvent = ({ type, data, id }: SseEvent): Buffer =>
  Buffer.from(
    `${id === undefined ? '' : `id: ${String(id)}\n`}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`,
  );
