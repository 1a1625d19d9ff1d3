import fc from 'fast-check';
import { EventFramer, EventTooLongError } from './event-framer';
import { messagesOf } from './event-messages';

const LIMIT_BYTES = 1_000;
const text = (pieces: readonly Buffer[]): string => Buffer.concat(pieces).toString();

describe('the framer of events', () => {
  it.each(['\n', '\r\n'])('lets whole events pass and keeps the rest, with line breaks %j', (br) => {
    const framer = new EventFramer(LIMIT_BYTES);
    expect(text(framer.push(Buffer.from(`data: 1${br}${br}data: 2`)))).toBe(`data: 1${br}${br}`);
    expect(framer.push(Buffer.from(br))).toEqual([]);
    expect(text(framer.push(Buffer.from(`${br}data`)))).toBe(`data: 2${br}${br}`);
  });

  it('passes a chunk of whole events as it is', () => {
    const chunk = Buffer.from('id: 1\ndata: a\n\nid: 2\ndata: b\n\n');
    expect(new EventFramer(LIMIT_BYTES).push(chunk)).toEqual([chunk]);
  });

  it('cuts the same however the network cuts', () => {
    const stream = 'data: a\n\n: x\n\ndata: b\r\n\r\nid: 4\n\nevent: e\ndata: c\ndata: d\n\n';
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 12 }), (cuts) => {
        const framer = new EventFramer(LIMIT_BYTES);
        const edges = [0, ...cuts.sort((a, b) => a - b), stream.length];
        const passed = edges
          .slice(1)
          .map((end, at) => text(framer.push(Buffer.from(stream.slice(edges[at], end)))));
        for (const piece of passed) expect(piece === '' || /\r?\n\r?\n$/.test(piece)).toBe(true);
        expect(passed.join('')).toBe(stream);
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it('gives up an event that does not end', () => {
    const framer = new EventFramer(LIMIT_BYTES);
    framer.push(Buffer.alloc(LIMIT_BYTES, 'x'));
    expect(() => framer.push(Buffer.from('x'))).toThrow(EventTooLongError);
  });
});

describe('the messages of events', () => {
  it('are told by kind, id and outcome; ids of events are noticed', () => {
    const progress = '{"jsonrpc":"2.0","method":"notifications/progress","params":{}}';
    const result = '{"jsonrpc":"2.0","id":7,\ndata:"result":{"isError":true}}';
    const stream = `: hello\n\nid: 1\ndata:\n\nevent: message\r\ndata: ${progress}\r\n\r\ndata: ${result}\n\ndata: no json\n\n`;
    const seen = messagesOf(Buffer.from(stream));
    expect(
      seen.map(({ message, hasId }) => [message?.kind, message?.id, message?.isToolError, hasId]),
    ).toEqual([
      [undefined, undefined, undefined, true],
      ['notification', undefined, false, false],
      ['response', 7, true, false],
      [undefined, undefined, undefined, false],
    ]);
  });
});
