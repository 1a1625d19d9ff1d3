import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@app/testing';
import { Installation } from '../installation';

jest.setTimeout(600_000);
const isRootOnLinux = process.getuid?.() === 0 && process.platform === 'linux';

interface Health {
  readonly status: string;
  readonly checks: { readonly disk: { readonly status: string; readonly detail: string } };
}

/** A disk of its own, small enough to be full. */
const disk = mkdtempSync(join(tmpdir(), 'quayside-disk-'));
const filling = join(disk, 'filling');
const run = (program: string, ...args: string[]) => {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  expect([program, status, stderr]).toEqual([program, 0, '']);
};

(isRootOnLinux ? describe : describe.skip)('a disk that is full', () => {
  let quayside: Installation;

  beforeAll(async () => {
    run('mount', '-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk);
    quayside = await Installation.start({ env: { DATA_DIR: disk } });
  }, 200_000);
  afterAll(async () => {
    try {
      await quayside.stop();
    } finally {
      // In any case: a mount that is left would outlive the test.
      spawnSync('umount', ['--lazy', disk]);
      rmSync(disk, { recursive: true, force: true });
    }
  });

  const fill = (): void => {
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(filling, Buffer.alloc(bavail * bsize));
  };
  const says = (wanted: string) =>
    eventually(
      async () => {
        const { status, checks } = await quayside.api.ok<Health>('GET', '/health');
        expect([status, checks.disk.status]).toEqual(
          wanted === 'up' ? ['healthy', 'up'] : ['degraded', 'down'],
        );
        return checks.disk.detail;
      },
      { deadlineMs: 60_000 },
    );
  const create = (name: string) => quayside.api.ok('POST', '/mcp/instances', { name, template: 'echo' });

  it('is told, stops nothing that runs, and delays what needs it until there is room again', async () => {
    await create('before');
    await quayside.reaches('before', 'running', 120_000);
    await says('up');

    fill();
    expect(await says('down')).toMatch(/^0 MiB of 4 MiB are free for /);
    await create('meanwhile');
    const waiting = await quayside.settles(
      'meanwhile',
      ({ reason }) => /no space left/i.test(reason),
      'a reason that names the disk',
      120_000,
    );
    expect(waiting.status).not.toBe('running');
    expect(await quayside.api.call('before', 'echo', { message: 'still' })).toBe('Echo: still');
    // What is written into the database is kept, whatever the disk of servers says.
    expect((await quayside.api.request('GET', '/health/ready')).status).toBe(200);

    rmSync(filling);
    await quayside.reaches('meanwhile', 'running', 330_000);
    expect(await quayside.api.call('meanwhile', 'echo', { message: 'again' })).toBe('Echo: again');
    await says('up');
    expect(await quayside.reaches('before', 'running')).toMatchObject({ generation: 1, attempt: 0 });
  });
});
