import { join } from 'node:path';
import { Database } from '@app/database';
import { describeWithEngine, describeWithRedis, eventually } from '@app/testing';
import { Engine } from '../engine';
import { Installation, type Role } from '../installation';
import { ECHO, Steps } from '../role-steps';

jest.setTimeout(600_000);
const PROGRAM = join(__dirname, '..', '..', 'fixtures', 'deployment', 'shifted-clock.cjs');
const MINUTE_MS = 60_000;
const OFF_BY: Readonly<Record<string, number>> = {
  api: 12 * MINUTE_MS,
  gateway: -9 * MINUTE_MS,
  worker: 45 * MINUTE_MS,
  provisioner: -20 * MINUTE_MS,
};
const shifted = (byMs: number) => ({ NODE_OPTIONS: `--require=${PROGRAM}`, SHIFT_CLOCK_MS: String(byMs) });

describeWithEngine('roles on machines whose clocks are minutes apart', ({ socketPath, host }) => {
  describeWithRedis('with queues on Redis', (redis) => {
    let quayside: Installation;
    let spare: Installation;
    let db: Database;
    let steps: Steps;

    beforeAll(async () => {
      const options = { mode: 'roles', engine: host, redisUrl: redis().url } as const;
      quayside = await Installation.start(options);
      for (const role of quayside.roles()) {
        await quayside.stopRole(role);
        await quayside.startRole(role, shifted(OFF_BY[role] ?? 0));
      }
      spare = await Installation.start({ ...options, beside: quayside });
      for (const role of spare.roles()) await spare.stopRole(role);
      db = await Database.open({ url: quayside.database, applicationName: 'skew', poolSize: 1 });
      steps = new Steps(quayside, new Engine(socketPath));
    }, 400_000);
    afterAll(async () => {
      await db.close();
      await spare.stop();
      await quayside.stop();
    });

    const lease = async () => {
      const rows = await db.query<{ epoch: string; holder: string }>(
        `SELECT epoch, holder FROM lease WHERE name LIKE 'engine:%' AND until > now()`,
      );
      return rows[0];
    };

    it('do the main job as if they were not', () => steps.mainJob());

    it('leave a lease with its holder while it lives, however late the other one thinks it is', async () => {
      const before = await lease();
      expect(before).toBeDefined();
      const role: Role = 'provisioner';
      await spare.startRole(role, shifted(3 * 60 * MINUTE_MS));
      const instance = await steps.create('while-two', ECHO);
      // Several terms of a lease lie between: instances are made and go, and nobody took over.
      await steps.mainJob(['while-two']);
      expect(await lease()).toEqual(before);

      await quayside.kill(role);
      await eventually(
        async () => {
          expect((await lease())?.holder).not.toBe(before?.holder ?? '');
        },
        { deadlineMs: 120_000 },
      );
      await eventually(async () => {
        expect(await lease()).toBeDefined();
      });
      await steps.mainJob(['while-two']);
      expect(await quayside.reaches('while-two', 'running')).toMatchObject({ generation: 1, attempt: 0 });
      await steps.remove(instance);
    });
  });
});
