import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launcherForEngine } from './launcher-for-engine';

const isRoot = process.getuid?.() === 0;

describe('the launcher that the engine mounts', () => {
  let root: string;
  let built: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'quayside-launcher-'));
    built = join(root, 'built');
    writeFileSync(built, '#!/bin/sh\nexit 64\n');
    chmodSync(built, 0o755);
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  it('is the one that was built, where the engine sees our files', () => {
    expect(launcherForEngine(built, join(root, 'shared'), false)).toBe(built);
  });

  it('is a copy in the shared folder, where we run in a container as root', () => {
    const path = launcherForEngine(built, join(root, 'shared'), true) ?? '';
    expect(path).toBe(isRoot ? join(root, 'shared', 'launcher') : built);
    expect(readFileSync(path)).toEqual(readFileSync(built));
  });

  it.each([
    [
      'cannot be written',
      (folder: string) => {
        writeFileSync(folder, '');
      },
    ],
    [
      'lets nothing run',
      () => {
        writeFileSync(built, '#!/no/such/interpreter\n');
      },
    ],
  ])('is the one that was built, where the shared folder %s', (_what, spoil) => {
    const folder = join(root, 'shared');
    spoil(folder);
    expect(launcherForEngine(built, folder, true)).toBe(built);
  });

  it('is none where none was built', () => {
    expect(launcherForEngine(undefined, root, true)).toBeUndefined();
  });
});
