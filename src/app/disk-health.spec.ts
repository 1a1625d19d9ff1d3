import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskIndicator, findingOf } from './disk-health';

const MIB = 1024 * 1024;

describe('the room that is left', () => {
  it('is little when it is little for the disk', () => {
    const oks = [
      [1_000_000, 300],
      [1_000_000, 200],
      [100, 6],
      [100, 4],
    ].map(([all = 0, free = 0]) => findingOf('/data', free * MIB, all * MIB).ok);
    expect(oks).toEqual([true, false, true, false]);
    expect(findingOf('/data', 4 * MIB, 100 * MIB).detail).toBe('4 MiB of 100 MiB are free for /data.');
  });

  it('is known before the folder is made', async () => {
    const folder = join(tmpdir(), 'not', 'made', 'yet');
    expect((await diskIndicator(folder).check()).detail).toContain(`are free for ${folder}`);
  });
});
