import { idAtEnds, LineReader } from './line-reader';

function read(chunks: readonly Buffer[], maxBytes = 100): { lines: string[]; oversize: [string, string][] } {
  const lines: string[] = [];
  const oversize: [string, string][] = [];
  const reader = new LineReader(maxBytes, {
    onLine: (line) => lines.push(line),
    onOversize: (head, tail) => oversize.push([head, tail]),
  });
  for (const chunk of chunks) reader.push(chunk);
  return { lines, oversize };
}

describe('LineReader', () => {
  it('finds the same lines however the bytes are cut', () => {
    const bytes = Buffer.from('{"a":"ä€😀"}\n\n{"b":2}\r\nrest');
    for (let size = 1; size <= bytes.length; size += 1) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
        bytes.subarray(at * size, (at + 1) * size),
      );
      expect(read(chunks).lines.map((line) => line.trim())).toEqual(['{"a":"ä€😀"}', '{"b":2}']);
    }
  });

  it('throws the middle of a long line away and goes on with the next', () => {
    const long = Buffer.from(`{"id":7,${'x'.repeat(5_000)}}\nnext\n`);
    const { lines, oversize } = read([long.subarray(0, 3_000), long.subarray(3_000)], 100);

    expect(lines).toEqual(['next']);
    expect(oversize[0]?.[0]).toMatch(/^\{"id":7/);
    expect(oversize[0]?.[1]).toMatch(/x\}$/);
  });
});

describe('idAtEnds', () => {
  it.each([
    ['{"jsonrpc":"2.0","id":12,"result":{', '', 12],
    ['{"result":{"id":1', '}},"jsonrpc":"2.0","id":13}', 13],
    ['{"result":{"id":1', '"id":2}}', undefined],
    ['{"id":"text"', '', undefined],
  ])('of %s … %s is %s', (head, tail, id) => {
    expect(idAtEnds(head, tail)).toBe(id);
  });
});
