import { type SseEvent, sseFrame, SseReader } from './sse';

function read(text: string, size = 1_000, maxBytes = 1_000): SseEvent[] {
  const reader = new SseReader(maxBytes);
  const bytes = Buffer.from(text);
  const events: SseEvent[] = [];
  for (let at = 0; at < bytes.length; at += size) events.push(...reader.push(bytes.subarray(at, at + size)));
  return events;
}

describe('SseReader', () => {
  const stream = [
    ': keep-alive',
    '',
    'id: 1',
    'event: endpoint',
    'data: /messages?ä',
    '',
    'data:first',
    'data: second',
    '',
    'retry: 5',
    '',
    'data: unfinished',
  ].join('\r\n');

  it.each([1, 2, 3, 7, 1_000])('finds the same events in pieces of %i bytes', (size) => {
    expect(read(stream, size)).toEqual([
      { event: 'endpoint', data: '/messages?ä', id: '1' },
      { event: 'message', data: 'first\nsecond' },
      { event: 'message', data: '', retryMs: 5 },
    ]);
  });

  it('reads what sseFrame writes', () => {
    const json = JSON.stringify({ text: 'one\ntwo' });
    expect(read(sseFrame(json))).toEqual([{ event: 'message', data: json }]);
  });

  it.each([
    ['a line without end', 'data: '.padEnd(5_000, 'x')],
    ['an event without end', 'data: 0123456789\n'.repeat(200)],
    ['an event of empty lines without end', 'data:\n'.repeat(2_000)],
  ])('stops at %s', (_what, text) => {
    expect(() => read(text, 100)).toThrow('longer than');
  });
});
