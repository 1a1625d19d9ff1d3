import { describeWithEngine, describeWithRedis } from '@app/testing';
import { Redis } from 'ioredis';
import { ROLES_APART, Stage } from './support/stage';

/** Guards against hanging only: on a busy machine each of the replacements takes its time. */
jest.setTimeout(1_800_000);
/** What a process may take to end in order. */
const END_LIMIT_MS = 25_000;

describeWithEngine('two processes of each role', ({ host }) => {
  describeWithRedis('behind a balancer, with work under way', (redis) => {
    let stage: Stage | undefined;
    const onStage = (): Stage => stage as Stage;

    beforeAll(async () => {
      stage = await Stage.set({ engine: host, redisUrl: redis().url });
    }, 300_000);
    afterAll(() => stage?.clear());

    it('F23, E17: are replaced one after the other without a failed call, a lost task or a lost event', async () => {
      const { one, two, balancer } = onStage();
      const container = await onStage().container();
      const follower = await onStage().underLoad(async ({ everybodyIsServed }) => {
        for (const role of ROLES_APART)
          for (const installation of [one, two]) {
            const askedAt = performance.now();
            await installation.stopRole(role);
            expect([role, installation.exitCode(role)]).toEqual([role, 0]);
            expect(performance.now() - askedAt).toBeLessThan(END_LIMIT_MS);
            await installation.startRole(role);
            // The other one may go when requests come here, too.
            await balancer.sees(installation, role);
            await everybodyIsServed();
          }
      });
      // Both api processes went, and each told its readers to come back.
      expect(new Set(follower.ends)).toEqual(new Set([1012]));
      expect(await onStage().container()).toBe(container);
    });

    it('may be killed one after the other: only what was on its way to the one that died may fail', async () => {
      const { one, two, balancer } = onStage();
      const container = await onStage().container();
      await onStage().underLoad(async ({ traffic, everybodyIsServed }) => {
        for (const role of ROLES_APART)
          for (const installation of [one, two]) {
            traffic.killed();
            await installation.kill(role);
            await everybodyIsServed();
            await installation.startRole(role);
            await balancer.sees(installation, role);
          }
      });
      expect(await one.reaches('echo', 'running')).toMatchObject({ attempt: 0 });
      expect(await onStage().container()).toBe(container);
    });

    it('have left only keys that a cluster keeps on one node', async () => {
      const client = new Redis(redis().url);
      try {
        const keys = await client.keys('*');
        expect(keys.length).toBeGreaterThan(10);
        const tags = new Set(keys.map((key) => /^\{[^{}]+\}/.exec(key)?.[0] ?? key));
        expect([...tags]).toEqual([expect.stringMatching(/^\{quayside-[0-9a-f-]{36}\}$/)]);
      } finally {
        client.disconnect();
      }
    });
  });
});
