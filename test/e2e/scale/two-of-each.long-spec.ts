import { Agent } from '../../../libs/agent-kit/src';
import { Database } from '@app/database';
import { describeWithEngine, describeWithRedis, eventually } from '@app/testing';
import { Api } from '../api';
import { Installation, type InstallationOptions, type Role } from '../installation';
import { Balancer } from './support/balancer';
import { define, restEcho, SessionClient, submitTask } from './support/clients';
import { Follower } from './support/follower';
import { Traffic } from './support/traffic';

jest.setTimeout(900_000);
const ROLES: readonly Role[] = ['api', 'gateway', 'worker', 'provisioner'];
const ECHO = { type: 'docker', image: 'agentarea/echo:latest', port: 8080 };
const KINDS = ['calls by REST', 'calls in a session', 'tasks', 'definitions'] as const;
/** So many more of each kind must have gone well before the next process goes. */
const BETWEEN = 10;

describeWithEngine('two processes of each role', ({ host }) => {
  describeWithRedis('behind a balancer, with work under way', (redis) => {
    let one: Installation;
    let two: Installation;
    let balancer: Balancer;
    let db: Database;

    beforeAll(async () => {
      const options: InstallationOptions = {
        ...{ mode: 'roles', engine: host, redisUrl: redis().url },
        // As in production: whoever goes says so first, and keeps serving until the balancer has heard it.
        env: { NODE_ENV: 'production', SHUTDOWN_TIMEOUT: '25', PUBLIC_URL: 'http://localhost:8080' },
      };
      one = await Installation.start(options);
      two = await Installation.start({ ...options, beside: one });
      balancer = await Balancer.start([one, two]);
      db = await Database.open({ url: one.database, applicationName: 'scale', poolSize: 2 });
      await one.api.ok('POST', '/mcp/instances', { name: 'echo', json_spec: ECHO });
      await one.reaches('echo', 'running', 120_000);
    }, 300_000);
    afterAll(async () => {
      await balancer.stop();
      await db.close();
      await two.stop();
      await one.stop();
    });

    /** Runs `change` while clients of every kind ask, and holds what they were promised against what became of it. */
    async function underLoad(
      change: (traffic: Traffic, everybodyIsServed: () => Promise<void>) => Promise<void>,
    ) {
      const api = new Api(() => balancer.url, one.key);
      const traffic = new Traffic(api);
      const [follower, tasks, definitions] = [
        new Follower(balancer.url, one.key),
        [] as string[],
        [] as string[],
      ];
      const agent = new Agent({
        ...{ url: balancer.url, key: one.key, name: `scale-${String(Date.now())}`, capabilities: ['scale'] },
        tasks: ({ id }) => ({ id }),
      });
      await agent.start();
      const sessions = await Promise.all([SessionClient.open(api), SessionClient.open(api)]);
      traffic.begin('calls by REST', 2, (to, client, turn) =>
        restEcho(to, `r${String(client)}-${String(turn)}`),
      );
      traffic.begin('calls in a session', 2, async (to, client, turn) =>
        sessions[client]?.echo(to, `s${String(client)}-${String(turn)}`),
      );
      traffic.begin('tasks', 1, async (to) => void tasks.push(await submitTask(to)));
      const stem = `d${String(Date.now())}`;
      traffic.begin(
        'definitions',
        1,
        async (to, _, turn) => void definitions.push(await define(to, `${stem}-${String(turn)}`)),
      );
      const everybodyIsServed = async (): Promise<void> => {
        const before = new Map(traffic.done);
        await eventually(
          () => {
            for (const kind of KINDS)
              if ((traffic.done.get(kind) ?? 0) < (before.get(kind) ?? 0) + BETWEEN)
                throw new Error(`${kind} do not go on: ${traffic.unexcused.join('\n')}\n${one.lastLog(20)}`);
          },
          { deadlineMs: 120_000 },
        );
      };

      try {
        await everybodyIsServed();
        await change(traffic, everybodyIsServed);
        await everybodyIsServed();
        await traffic.end();
        expect(traffic.unexcused).toEqual([]);
        await follower.hearsOf(tasks);
        expect(new Set(follower.completions(tasks))).toEqual(new Set([1]));
        expect(follower.gaps).toEqual([]);
        expect(follower.sequences).toEqual([...new Set(follower.sequences)].sort((a, b) => a - b));
        for (const name of definitions)
          expect(await one.api.ok('GET', `/api/v1/mcp/servers/${name}`)).toMatchObject({ name });
        const [{ left } = { left: -1 }] = await db.query<{ left: number }>(
          `SELECT count(*)::int AS left FROM task WHERE finished_at IS NULL`,
        );
        expect(left).toBe(0);
      } finally {
        await traffic.end();
        follower.stop();
        await agent.stop();
      }
      return follower;
    }

    it('F23: are replaced one after the other without a failed call, a lost task or a lost event', async () => {
      const follower = await underLoad(async (_, everybodyIsServed) => {
        for (const role of ROLES)
          for (const installation of [one, two]) {
            await installation.stopRole(role);
            expect([role, installation.exitCode(role)]).toEqual([role, 0]);
            await installation.startRole(role);
            await everybodyIsServed();
          }
      });
      // Both api processes went, and each told its readers to come back.
      expect(new Set(follower.ends)).toEqual(new Set([1012]));
    });

    it('may be killed one after the other: only what was on its way to the one that died may fail', async () => {
      await underLoad(async (traffic, everybodyIsServed) => {
        for (const role of ROLES)
          for (const installation of [one, two]) {
            traffic.killed();
            await installation.kill(role);
            await everybodyIsServed();
            await installation.startRole(role);
          }
      });
      expect(await one.reaches('echo', 'running')).toMatchObject({ attempt: 0 });
    });
  });
});
