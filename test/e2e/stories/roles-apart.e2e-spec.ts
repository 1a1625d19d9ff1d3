import { describeWithEngine, describeWithRedis } from '@app/testing';
import { type InstanceBody } from '../api';
import { Engine } from '../engine';
import { Installation, type Role } from '../installation';
import { ECHO, ROLES, Steps } from '../role-steps';

/** Guards against hanging; how long a step may take is said where it is waited for. */
jest.setTimeout(300_000);

// With queues on PostgreSQL: roles-apart.long-spec.ts.
describeWithEngine('each role in a process of its own', ({ socketPath, host }) => {
  const engine = new Engine(socketPath);

  describeWithRedis('with queues on Redis', (redis) => {
    let quayside: Installation;
    let steps: Steps;
    beforeAll(async () => {
      quayside = await Installation.start({ mode: 'roles', engine: host, redisUrl: redis().url });
      steps = new Steps(quayside, engine);
    });
    afterAll(() => quayside.stop());

    const stop = async (role: Role) => {
      await quayside.stopRole(role);
      expect([role, quayside.exitCode(role)]).toEqual([role, 0]);
    };
    const request = (name: string) =>
      quayside.api.ok<InstanceBody>('POST', '/mcp/instances', { name, json_spec: ECHO });

    it('does the main job together with the others', () => steps.mainJob());

    it.each(ROLES)('%s says what it is', (role) => steps.saysWhatItIs(role, /^Redis \d/));

    it('ends in order, is missed by nobody who does not need it, and takes up its work again', async () => {
      const lasting = await steps.create('lasting', ECHO);

      await stop('worker');
      expect((await request('while-no-worker')).status).toBe('requested');
      await steps.echo('lasting', 'without a worker');
      await quayside.startRole('worker');
      await quayside.reaches('while-no-worker', 'running', 120_000);

      await stop('provisioner');
      await request('while-no-provisioner');
      await steps.echo('lasting', 'without a provisioner');
      expect((await steps.health('api')).checks['engine']).toMatchObject({ status: 'down' });
      await quayside.startRole('provisioner');
      await quayside.reaches('while-no-provisioner', 'running', 120_000);
      expect(await quayside.reaches('lasting', 'running')).toMatchObject({
        generation: 1,
        attempt: 0,
        container: { id: lasting.container?.id },
      });

      await stop('gateway');
      await request('while-no-gateway');
      await quayside.reaches('while-no-gateway', 'running', 120_000);
      await quayside.startRole('gateway');
      await steps.echo('while-no-gateway', 'with a gateway again');

      await stop('api');
      await steps.echo('lasting', 'without an API');
      await quayside.startRole('api');
      const { instances } = await quayside.api.ok<{ instances: InstanceBody[] }>('GET', '/mcp/instances');
      expect(new Set(instances.map(({ name, status }) => `${name} is ${status}`))).toEqual(
        new Set(
          ['lasting', 'while-no-worker', 'while-no-provisioner', 'while-no-gateway'].map(
            (name) => `${name} is running`,
          ),
        ),
      );
      await Promise.all(instances.map((instance) => steps.remove(instance)));
    });
  });
});
