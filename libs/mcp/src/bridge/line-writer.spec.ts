import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { LineWriter } from './line-writer';

describe('lines for a process', () => {
  it('are written together when they come in one turn, in their order', async () => {
    const stream = new PassThrough();
    const writer = new LineWriter(stream);
    for (const line of ['one', 'two', 'three']) writer.write(line);
    expect(writer.unreadLength).toBe('one\ntwo\nthree\n'.length);
    const [chunk] = (await once(stream, 'data')) as [Buffer];
    expect(chunk.toString()).toBe('one\ntwo\nthree\n');
    writer.write('four');
    const [next] = (await once(stream, 'data')) as [Buffer];
    expect(next.toString()).toBe('four\n');
  });

  it('do not wait for company when they are long', () => {
    const stream = new PassThrough();
    new LineWriter(stream).write('x'.repeat(100_000));
    expect(stream.readableLength).toBe(100_001);
  });

  it('are dropped where nobody reads any more', async () => {
    const stream = new PassThrough();
    stream.destroy();
    new LineWriter(stream).write('late');
    await new Promise(setImmediate);
    expect(stream.readableLength).toBe(0);
  });
});
