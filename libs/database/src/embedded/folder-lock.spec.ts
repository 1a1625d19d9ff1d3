import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withFolderLock } from './folder-lock';
import { identityOf, isIdentityAlive } from './process-identity';

/** Above the largest number that a process can have. */
const NOBODYS_PID = 2 ** 22 + 1;

describe('withFolderLock', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quayside-lock-'));
  const path = join(folder, 'lock');
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('lets one at a time in, and leaves nothing behind', async () => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
    };
    await Promise.all([1, 2, 3].map(() => withFolderLock(path, work)));
    expect(most).toBe(1);
    expect(existsSync(path)).toBe(false);
  });

  it('is free again after a failure', async () => {
    await expect(withFolderLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(withFolderLock(path, () => Promise.resolve('yes'))).resolves.toBe('yes');
  });

  it.each([
    ['a process that is gone', `${String(NOBODYS_PID)} 1`],
    ['one whose number somebody else has now', `${String(process.pid)} 1`],
    ['one that died before it wrote its name', ''],
  ])('is taken over from %s', async (_case, owner) => {
    writeFileSync(path, owner);
    const during = await withFolderLock(path, () => Promise.resolve(readFileSync(path, 'utf8')));
    expect(during).toBe(identityOf(process.pid));
  });
});

describe('the identity of a process', () => {
  it.each([
    ['its own', identityOf(process.pid), true],
    ['another start of the same number', `${String(process.pid)} 1`, false],
    ['a number that nobody has', `${String(NOBODYS_PID)} 1`, false],
    ['no number', 'words', false],
  ])('of %s (%s): alive is %s', (_case, identity, expected) => {
    expect(isIdentityAlive(identity)).toBe(expected);
  });
});
