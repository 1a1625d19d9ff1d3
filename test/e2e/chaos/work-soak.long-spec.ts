import { describeWithRedis } from '@app/testing';
import { OwnPostgres } from './support/own-postgres';
import { Random } from './support/random';
import { WorkSiege } from './support/work/work-siege';

jest.setTimeout(1_800_000);
const SEED = Number(process.env['CHAOS_SEED'] ?? 20_261_123);
const TASKS = Number(process.env['CHAOS_TASKS'] ?? 10_000);
const FAULTS = 12;

describeWithRedis('thousands of tasks under faults chosen by a seed', (redis) => {
  let postgres: OwnPostgres;
  let siege: WorkSiege;

  beforeAll(async () => {
    postgres = await OwnPostgres.start();
    siege = await WorkSiege.start({
      ...{ mode: 'roles', redisUrl: redis().url, databaseUrl: postgres.url },
      ...{ agents: 8, tasks: TASKS, seed: SEED },
    });
  }, 180_000);
  afterAll(async () => {
    await siege.stop();
    await postgres.remove();
  });

  it(`P5: each ends in one state, and one result of one lease counts (seed ${String(SEED)})`, async () => {
    const { installation, agents } = siege;
    const random = new Random(SEED);
    const restart = async (role: 'api' | 'worker'): Promise<void> => {
      await installation.kill(role);
      await installation.startRole(role);
    };
    const faults = [
      () => restart('api'),
      () => restart('worker'),
      () => redis().flush(),
      async () => {
        await redis().crash();
        await siege.finished(0);
        await redis().startAgain();
      },
      async () => {
        await postgres.crash();
        await postgres.startAgain();
      },
      () => {
        random.pick(agents).sleep();
        return Promise.resolve();
      },
      () => {
        for (const agent of agents) agent.wake();
        return Promise.resolve();
      },
    ];
    await siege.begin();
    for (let at = 1; at <= FAULTS; at += 1) {
      await siege.finished((TASKS * at) / (FAULTS + 2));
      await random.pick(faults)();
    }
    for (const agent of agents) agent.wake();
    await siege.settle();
    expect(siege.history.submitted).toHaveLength(TASKS);
    expect(await siege.brokenPromises()).toEqual([]);
  });
});
