import { runMigrations } from '@app/database';
import { describeWithEngine, describeWithRedis } from '@app/testing';
import { MIGRATIONS } from '../../../src/migrations';
import { type Installation } from '../installation';
import { growSchema } from './support/later-schema';
import { ROLES_APART, Stage } from './support/stage';

/** Guards against hanging only: on a busy machine each of the replacements takes its time. */
jest.setTimeout(1_800_000);
/** The build of an earlier version, where there is one to be had; else this build stands for it. */
const EARLIER = process.env['QUAYSIDE_TEST_EARLIER_DIST'];

describeWithEngine('an update', ({ host }) => {
  describeWithRedis('of roles apart', (redis) => {
    let stage: Stage | undefined;
    const onStage = (): Stage => stage as Stage;

    beforeAll(async () => {
      stage = await Stage.set({
        ...{ engine: host, redisUrl: redis().url },
        ...(EARLIER === undefined ? {} : { dist: EARLIER }),
      });
    }, 300_000);
    afterAll(() => stage?.clear());

    it('E29: has both versions on one database, goes through, and back again, without a failed call or a lost task', async () => {
      const { one: earlier, two: later } = onStage();
      const container = await onStage().container();
      const replace = async (
        from: Installation,
        by: Installation,
        everybodyIsServed: () => Promise<void>,
      ) => {
        for (const role of ROLES_APART) {
          if (!by.isRunning(role)) await by.startRole(role);
          await onStage().balancer.sees(by, role);
          await from.stopRole(role);
          expect([role, from.exitCode(role)]).toEqual([role, 0]);
          await everybodyIsServed();
        }
      };
      await onStage().underLoad(async ({ everybodyIsServed }) => {
        await growSchema(onStage().db);
        await everybodyIsServed();
        await replace(earlier, later, everybodyIsServed);
        await replace(later, earlier, everybodyIsServed);
      });
      expect(await onStage().container()).toBe(container);
    });

    it('R20: whoever would migrate refuses a schema that is newer than it, in a sentence', async () => {
      const migrating = runMigrations({ url: onStage().one.database, migrations: MIGRATIONS });
      await expect(migrating).rejects.toThrow(
        /changes that this version does not know: AsAVersionToCome20991231000000/,
      );
    });
  });
});
