import { readSse, type SseEvent, sseFrame } from './sse';

async function* cut(text: string, size: number): AsyncGenerator<Uint8Array, void, void> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) {
    await Promise.resolve();
    yield bytes.subarray(at, at + size);
  }
}

async function read(text: string, size = 1_000, maxBytes = 1_000): Promise<SseEvent[]> {
  const events: SseEvent[] = [];
  for await (const event of readSse(cut(text, size), maxBytes)) events.push(event);
  return events;
}

describe('readSse', () => {
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

  it.each([1, 2, 3, 7, 1_000])('finds the same events in pieces of %i bytes', async (size) => {
    expect(await read(stream, size)).toEqual([
      { event: 'endpoint', data: '/messages?ä', id: '1' },
      { event: 'message', data: 'first\nsecond' },
    ]);
  });

  it('reads what sseFrame writes', async () => {
    const json = JSON.stringify({ text: 'one\ntwo' });
    expect(await read(sseFrame(json))).toEqual([{ event: 'message', data: json }]);
  });

  it.each([
    ['a line without end', 'data: '.padEnd(5_000, 'x')],
    ['an event without end', 'data: 0123456789\n'.repeat(200)],
    ['an event of empty lines without end', 'data:\n'.repeat(2_000)],
  ])('stops at %s', async (_what, text) => {
    await expect(read(text, 100)).rejects.toThrow('longer than');
  });
});
