import { PassThrough, Writable } from 'node:stream';
import { StdioLink } from './stdio-link';

const MIB = 1024 * 1024;

describe('the link to a process', () => {
  it('keeps a bounded number of answers for a process that asks and never reads', () => {
    const stdin = new Writable({ write: () => undefined });
    const ignore = (): void => undefined;
    const link = new StdioLink(
      { stdin, stdout: new PassThrough() },
      { serverName: 'greedy', onNotification: ignore, onRequest: ignore, onEnd: ignore },
    );
    for (let id = 0; id < 100; id += 1) link.send({ jsonrpc: '2.0', id, result: { text: 'x'.repeat(MIB) } });

    expect(stdin.writableLength).toBeLessThan(40 * MIB);
  });
});
