import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { testDatabase } from '@app/testing';
import { MIGRATIONS } from '../../../src/migrations';
import { DIST } from '../installation';

/** CPU for each call against a relay that does nothing but pass bytes on: work, not time, so a busy machine may run it. */
const MOST = 2.5;
const LIMIT_MS = 400_000;
const PROGRAM = join(__dirname, '..', '..', 'load', 'gateway', 'relay-cost.mjs');
const itOnLinux = process.platform === 'linux' ? it : it.skip;

describe('the data path', () => {
  itOnLinux(
    `costs at most ${MOST} times what the least possible relay costs`,
    async () => {
      const { db, url, drop } = await testDatabase({ migrations: MIGRATIONS });
      await db.close();
      try {
        const env = { ...process.env, QUAYSIDE_TEST_DATABASE_URL: url, QUAYSIDE_TEST_DIST: DIST };
        const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, String(MOST)], { env });
        const { ratio } = JSON.parse(stdout) as { ratio: number };
        expect(ratio).toBeLessThanOrEqual(MOST);
      } finally {
        await drop();
      }
    },
    LIMIT_MS,
  );
});
