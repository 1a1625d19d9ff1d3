import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { demultiplex, joinFrames } from './frames';

const frame = (stream: number, data: string): Buffer => {
  const header = Buffer.alloc(8);
  header.writeUInt8(stream, 0);
  header.writeUInt32BE(Buffer.byteLength(data), 4);
  return Buffer.concat([header, Buffer.from(data)]);
};
const bytes = Buffer.concat([frame(1, 'out1 '), frame(2, 'err'), frame(1, ''), frame(1, 'out2')]);

describe('demultiplex', () => {
  it.each([1, 3, 8, 9, 1000])('takes the streams apart when %i bytes come at a time', async (size) => {
    const source = new PassThrough();
    const { stdout, stderr } = demultiplex(source);
    for (let at = 0; at < bytes.length; at += size) source.write(bytes.subarray(at, at + size));
    source.end();

    expect(await Promise.all([text(stdout), text(stderr)])).toEqual(['out1 out2', 'err']);
  });

  it('holds the source back when nobody reads', async () => {
    const source = new PassThrough();
    const { stdout } = demultiplex(source);
    const large = frame(1, 'x'.repeat(1024 * 1024));
    source.end(large);
    // Both ends hold a little; the rest waits at the source.
    await new Promise((resolve) => setImmediate(resolve));
    expect(stdout.readableLength).toBeLessThan(large.length + 1);

    expect((await text(stdout)).length).toBe(1024 * 1024);
  });

  it('ends for its readers when the connection breaks', async () => {
    const source = new PassThrough();
    const { stdout } = demultiplex(source);
    source.write(frame(1, 'a'));
    setImmediate(() => source.destroy(new Error('reset')));
    expect(await text(stdout)).toBe('a');
  });
});

describe('joinFrames', () => {
  it('keeps the order of both streams', () => {
    expect(joinFrames(bytes).toString()).toBe('out1 errout2');
  });
});
