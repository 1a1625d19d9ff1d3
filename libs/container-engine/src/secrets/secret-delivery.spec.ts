import { possibleDeliveries } from './secret-delivery';
import { environmentBlock } from './environment-block';

const all = { acceptsFiles: true, filesObstacle: undefined, launcherObstacle: undefined };

describe('possibleDeliveries', () => {
  it.each([
    [all, ['file', 'launcher', 'stdin', 'env']],
    [{ ...all, acceptsFiles: false }, ['launcher', 'stdin', 'env']],
    [{ ...all, filesObstacle: 'not root' }, ['stdin', 'env']],
    [{ ...all, launcherObstacle: 'not built' }, ['file', 'env']],
    [{ ...all, acceptsFiles: false, launcherObstacle: 'not built' }, ['env']],
  ])('of %j are %j', (circumstances, expected) => {
    expect(possibleDeliveries(circumstances).map(({ delivery }) => delivery)).toEqual(expected);
  });

  it('says why the weakest way is the only one', () => {
    const [only] = possibleDeliveries({
      acceptsFiles: false,
      filesObstacle: undefined,
      launcherObstacle: 'no compiler',
    });
    expect(only).toEqual({ delivery: 'env', reason: 'No compiler.' });
  });
});

describe('environmentBlock', () => {
  it('counts bytes, not characters, and ends each entry with a zero byte', () => {
    const block = environmentBlock(
      new Map([
        ['A', 'ä\n='],
        ['B', ''],
      ]),
    );
    expect(block.toString('utf8')).toBe('10\nA=ä\n=\0B=\0');
  });

  it('refuses what an environment cannot carry', () => {
    expect(() => environmentBlock(new Map([['A', 'x\0y']]))).toThrow('zero byte');
  });
});
