import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { homesIn, makeHome } from './sandbox-probe';

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe('the home of a process', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'quayside-homes-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  it('is closed, and another user can get to its own', async () => {
    const dataDir = join(root, 'processes');
    mkdirSync(dataDir, { mode: 0o700 });
    const home = join(homesIn(dataDir), 'one');
    await makeHome(home, process.getuid?.() ?? 0);
    expect([dataDir, dirname(home), home].map(modeOf)).toEqual(['711', '711', '700']);
  });

  it('needs no open way without a user of its own', async () => {
    const home = join(homesIn(join(root, 'processes')), 'one');
    await makeHome(home, undefined);
    expect([dirname(dirname(home)), dirname(home), home].map(modeOf)).toEqual(['700', '700', '700']);
  });
});
