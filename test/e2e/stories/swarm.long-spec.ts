import { createHash } from 'node:crypto';
import { describeWithEngine, eventually } from '@app/testing';
import { type InstanceBody } from '../api';
import { Engine } from '../engine';
import { Installation } from '../installation';
import { SwarmWorld } from '../swarm-world';

/** Guards against hanging; how long a step may take is said where it is waited for. */
jest.setTimeout(300_000);

const REACHED_WITHIN_MS = 120_000;
const CALLERS = 4;

describeWithEngine('the product on a swarm', ({ host: plainHost }) => {
  let swarm: SwarmWorld;
  let engine: Engine;
  let quayside: Installation;

  beforeAll(async () => {
    swarm = await SwarmWorld.start();
    engine = new Engine(swarm.socketPath);
    const env = { CONTAINER_ENGINE: 'swarm' };
    quayside = await Installation.start({ engine: swarm.host, elsewhere: swarm, env });
  });
  afterAll(async () => {
    await quayside.stop();
    await swarm.stop();
  });

  const made = async (name: string, json_spec: object, more: object = {}): Promise<InstanceBody> => {
    const body = { name, json_spec: { type: 'docker', ...json_spec }, ...more };
    const { id } = await quayside.api.ok<InstanceBody>('POST', '/api/v1/mcp/instances?wait=60', body);
    return quayside.reaches(id, 'running', REACHED_WITHIN_MS);
  };
  const call = (server_name: string, tool_name: string, args: object) =>
    quayside.api.request('POST', '/api/v1/mcp/tools/call', { server_name, tool_name, arguments: args });
  const servicesOf = async (instanceId: string) =>
    (await engine.containersOf(instanceId)).filter(
      ({ Labels, State }) => State === 'running' && !('quayside.door' in Labels),
    );
  const idsOf = ({ containers }: InstanceBody): readonly string[] => (containers ?? []).map(({ id }) => id);
  const leavesNothing = async ({ id }: InstanceBody): Promise<void> => {
    await quayside.api.ok('DELETE', `/api/v1/mcp/instances/${id}`);
    await quayside.vanishes(id, REACHED_WITHIN_MS);
    // The node's own engine tidies up containers of tasks that are gone.
    await eventually(async () => {
      expect(await engine.heldOf(id)).toEqual([]);
    });
  };

  it('serves from replicas, of which one may end beside the calls, and leaves nothing', async () => {
    const instance = await made('several', { image: 'quayside-test/normal', port: 8080 }, { replicas: 2 });
    expect(idsOf(instance)).toHaveLength(2);
    expect((await call('several', 'echo', { message: 'over an overlay' })).body).toMatchObject({
      content: [{ text: 'Echo: over an overlay' }],
    });

    const answers: { readonly status: number; readonly code: unknown }[] = [];
    let isOver = false;
    const callers = Array.from({ length: CALLERS }, async () => {
      while (!isOver) {
        const { status, body } = await call('several', 'echo', { message: 'x' });
        answers.push({ status, code: body['code'] });
      }
    });
    await eventually(() => {
      expect(answers.length).toBeGreaterThan(CALLERS * 2);
    });
    const [victim] = await servicesOf(instance.id);
    await engine.kill(victim!.Id);
    const replaced = await eventually(
      async () => {
        const seen = await quayside.reaches(instance.id, 'running', REACHED_WITHIN_MS);
        expect(idsOf(seen)).toHaveLength(2);
        expect(idsOf(seen)).not.toEqual(idsOf(instance));
        return seen;
      },
      { deadlineMs: REACHED_WITHIN_MS },
    );
    const soFar = answers.length;
    await eventually(() => {
      expect(answers.length).toBeGreaterThan(soFar + CALLERS);
    });
    isOver = true;
    await Promise.all(callers);
    // As with any engine: only what was under way at the one that was killed may be lost, and who called is told so.
    const lost = answers.filter(({ status }) => status !== 200);
    expect(lost.length).toBeLessThanOrEqual(CALLERS);
    expect(lost.filter(({ code }) => code !== 'call_outcome_unknown')).toEqual([]);
    await leavesNothing(replaced);
  });

  it('hands a secret to a server that speaks over its standard streams', async () => {
    await quayside.api.ok('PUT', '/api/v1/secrets/shared/SWARM_KEY', { value: 'canary-in-a-swarm' });
    const environment = { API_KEY: 'secret_ref:shared:SWARM_KEY' };
    const instance = await made('streams', {
      image: 'quayside-test/echo-stdio',
      transport: 'stdio',
      environment,
    });
    const { body } = await call('streams', 'environment', { name: 'API_KEY' });
    expect(JSON.stringify(body)).toContain(createHash('sha256').update('canary-in-a-swarm').digest('hex'));
    expect(JSON.stringify(await engine.heldOf(instance.id))).not.toContain('canary-in-a-swarm');
    await leavesNothing(instance);
  });

  it('says why it does not run when the swarm has no node for it, and goes on when there is one', async () => {
    const instance = await made('moved', { image: 'quayside-test/normal', port: 8080 });
    await engine.setAvailability('drain');
    try {
      await quayside.settles(
        instance.id,
        ({ reason }) => /no suitable node/.test(reason),
        'the words of Swarm',
        REACHED_WITHIN_MS,
      );
    } finally {
      await engine.setAvailability('active');
    }
    await quayside.reaches(instance.id, 'running', REACHED_WITHIN_MS);
    expect((await call('moved', 'echo', { message: 'again' })).status).toBe(200);
    await leavesNothing(instance);
  });

  it('says what is missing where the engine is no manager', async () => {
    const other = await Installation.start({ engine: plainHost, env: { CONTAINER_ENGINE: 'swarm' } });
    try {
      const body = { name: 'nowhere', json_spec: { type: 'docker', image: 'quayside-test/normal' } };
      const { id } = await other.api.ok<InstanceBody>('POST', '/api/v1/mcp/instances', body);
      await other.settles(
        id,
        ({ reason }) => /manager of a swarm.*docker swarm init/.test(reason),
        'the way out',
        REACHED_WITHIN_MS,
      );
    } finally {
      await other.stop();
    }
  });
});
