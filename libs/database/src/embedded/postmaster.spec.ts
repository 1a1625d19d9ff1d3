import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRunning, readPostmaster, removeForeignPidFile } from './postmaster';

describe('what a server writes about itself', () => {
  const data = mkdtempSync(join(tmpdir(), 'quayside-postmaster-'));
  const file = join(data, 'postmaster.pid');
  const write = (...lines: (string | number)[]): void => {
    writeFileSync(file, lines.join('\n'));
  };
  afterEach(() => {
    rmSync(file, { force: true });
  });
  afterAll(() => {
    rmSync(data, { recursive: true, force: true });
  });

  it('is read', () => {
    write(4711, data, 1_700_000_000, 20_123, '', '127.0.0.1', '  1  2', 'ready   ');
    expect(readPostmaster(data)).toEqual({ pid: 4711, port: 20_123, status: 'ready' });
  });

  it.each([[''], ['words'], ['0'], ['-5']])('is nothing when it starts with "%s"', (first) => {
    write(first, data);
    expect(readPostmaster(data)).toBeUndefined();
  });

  it('is not believed of a living process that is no server of this folder', () => {
    write(process.pid, data, 1, 20_123, '', '', '', 'ready');
    expect(findRunning(data)).toBeUndefined();
    removeForeignPidFile(data);
    expect(existsSync(file)).toBe(false);
  });
});
