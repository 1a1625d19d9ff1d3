import { isScanFault, scanAnswer, type ScannedMessage } from '@app/mcp';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const DATA = Buffer.from('data:');
const ID = Buffer.from('id:');

export interface SeenEvent {
  /** undefined for what is no message: a comment, an event without data. */
  readonly message: ScannedMessage | undefined;
  /** The stream can be taken up again behind it. */
  readonly hasId: boolean;
}

/** Looks into whole events without copying them, and tells what each one is. */
export function messagesOf(events: Buffer): readonly SeenEvent[] {
  const seen: SeenEvent[] = [];
  let data: Buffer[] = [];
  let hasId = false;
  for (let from = 0; from < events.length;) {
    const lineBreak = events.indexOf(LF, from);
    const end = lineBreak === -1 ? events.length : lineBreak;
    const line = events.subarray(from, events[end - 1] === CR ? end - 1 : end);
    from = end + 1;
    if (line.length === 0) {
      if (data.length > 0 || hasId) seen.push({ message: messageOf(data), hasId });
      data = [];
      hasId = false;
    } else if (startsWith(line, DATA)) {
      data.push(line.subarray(line[DATA.length] === SPACE ? DATA.length + 1 : DATA.length));
    } else if (startsWith(line, ID)) {
      hasId = true;
    }
  }
  return seen;
}

const startsWith = (line: Buffer, field: Buffer): boolean =>
  line.length >= field.length && line.compare(field, 0, field.length, 0, field.length) === 0;

function messageOf(data: readonly Buffer[]): ScannedMessage | undefined {
  const [first, ...more] = data;
  if (first === undefined || first.length === 0) return undefined;
  // JSON takes a line break for white space wherever a line may be broken.
  const text = more.length === 0 ? first : Buffer.concat(data.flatMap((line) => [line, Buffer.of(LF)]));
  const scan = scanAnswer(text);
  return isScanFault(scan) ? undefined : scan;
}
