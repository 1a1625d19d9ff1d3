import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RotatingFile } from './rotating-file';

const MEBIBYTE = 1024 * 1024;

describe('a log file', () => {
  let folder: string;
  let path: string;
  const complaints: string[] = [];
  const open = () => new RotatingFile(path, (why) => complaints.push(why));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quayside-log-'));
    path = join(folder, 'quayside.log');
    complaints.length = 0;
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('is for its user alone, and goes on where it was', () => {
    open().write('one\n');
    open().write('two\n');
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
    expect(statSync(path).mode & 0o077).toBe(0);
  });

  it('takes a bounded place on the disk', () => {
    const log = open();
    const large = `${'x'.repeat(MEBIBYTE - 1)}\n`;
    for (let count = 0; count < 75; count += 1) log.write(large);
    const sizes = readdirSync(folder).map((name) => statSync(join(folder, name)).size);
    expect(sizes).toHaveLength(5);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(10 * MEBIBYTE);
  });

  it('that cannot be written ends nothing, says so once, and goes on when it can', () => {
    const log = open();
    mkdirSync(path);
    log.write('lost\n');
    log.write('lost too\n');
    expect(complaints).toHaveLength(1);
    rmSync(path, { recursive: true });
    log.write('there\n');
    expect(readFileSync(path, 'utf8')).toBe('there\n');
  });
});
