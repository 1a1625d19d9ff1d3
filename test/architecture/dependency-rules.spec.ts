import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './sources';

describe('the dependency rules', () => {
  it('hold', () => {
    const program = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const args = [program, '--config', '.dependency-cruiser.cjs', '--output-type', 'err', 'src', 'libs'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
    expect(`${stdout}${stderr}`).toContain('no dependency violations found');
    expect(status).toBe(0);
  }, 180_000);
});
