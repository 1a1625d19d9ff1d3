import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyRuntime, isComplete } from './runtime-copy';

describe('copyRuntime', () => {
  const base = mkdtempSync(join(tmpdir(), 'quayside-copy-'));
  const source = join(base, 'native');
  let round = 0;
  let target = '';

  beforeAll(() => {
    for (const folder of ['bin', 'lib']) mkdirSync(join(source, folder), { recursive: true, mode: 0o700 });
    writeFileSync(join(source, 'bin', 'postgres'), '#!', { mode: 0o600 });
    writeFileSync(join(source, 'lib', 'libpq.so.5.18'), 'code', { mode: 0o600 });
    const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
    writeFileSync(join(source, 'pg-symlinks.json'), JSON.stringify(links));
  });
  beforeEach(() => {
    round += 1;
    target = join(base, 'home', `pg-${String(round)}`);
  });
  afterAll(() => {
    rmSync(base, { recursive: true, force: true });
  });

  it('makes the links and the modes that an install without scripts leaves out', () => {
    expect(copyRuntime(source, target)).toBe(true);
    expect(readlinkSync(join(target, 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18');
    expect(readFileSync(join(target, 'lib', 'libpq.so.5'), 'utf8')).toBe('code');
    expect(statSync(join(target, 'bin', 'postgres')).mode & 0o777).toBe(0o755);
    expect(statSync(join(target, 'lib')).mode & 0o777).toBe(0o755);
  });

  it('copies once', () => {
    copyRuntime(source, target);
    rmSync(join(target, 'lib'), { recursive: true });
    expect(copyRuntime(source, target)).toBe(true);
    expect(existsSync(join(target, 'lib'))).toBe(false);
  });

  it('replaces what was interrupted, and removes the drafts of the dead', () => {
    const abandoned = `${target}.draft-${String(2 ** 22 + 1)}`;
    mkdirSync(join(target, 'bin'), { recursive: true });
    mkdirSync(abandoned);
    expect(isComplete(target)).toBe(false);
    expect(copyRuntime(source, target)).toBe(true);
    expect(isComplete(target)).toBe(true);
    expect(existsSync(abandoned)).toBe(false);
  });
});
