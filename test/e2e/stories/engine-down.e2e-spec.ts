import { describeWithEngine, eventually } from '@app/testing';
import { type InstanceBody } from '../api';
import { Engine } from '../engine';
import { EngineGate } from '../engine-gate';
import { Installation } from '../installation';

/** Guards against hanging; how long a step may take is said where it is waited for. */
jest.setTimeout(300_000);
const ECHO = { type: 'docker', image: 'agentarea/echo:latest', port: 8080 };

interface Health {
  readonly status: string;
  readonly checks: { readonly engine: { readonly status: string; readonly detail: string } };
}

/** One story in order: no engine yet, an engine, no engine any more, the engine again. */
describeWithEngine('an engine that is not always there', ({ socketPath }) => {
  const engine = new Engine(socketPath);
  const gate = new EngineGate(socketPath);
  let quayside: Installation;

  beforeAll(async () => {
    quayside = await Installation.start({ engine: gate.host });
  });

  afterAll(async () => {
    await quayside.stop();
    await gate.remove();
  });

  const create = (name: string, json_spec: object) =>
    quayside.api.ok<InstanceBody>('POST', '/mcp/instances', { name, json_spec });
  const saysOfEngine = (wanted: 'up' | 'down') =>
    eventually(
      async () => {
        const { status, checks } = await quayside.api.ok<Health>('GET', '/health');
        expect([status, checks.engine.status]).toEqual([wanted === 'up' ? 'healthy' : 'degraded', wanted]);
        return checks.engine.detail;
      },
      { deadlineMs: 60_000 },
    );

  it('is missed by name while it was never there: accepted, waiting, and what else runs is not held up', async () => {
    const waiting = await create('early', ECHO);
    expect(waiting.status).toBe('requested');
    const { reason } = await quayside.reaches('early', 'failed');
    expect(reason).toContain('This server needs a container engine.');
    expect(reason).toContain('goes on by itself as soon as an engine answers');
    expect(await saysOfEngine('down')).toContain('its socket does not exist');
    expect((await quayside.api.request('GET', '/health/ready')).status).toBe(200);

    await create('bundled', { type: 'stdio', command: 'echo' });
    await quayside.reaches('bundled', 'running', 120_000);
    expect(await quayside.api.call('bundled', 'echo', { message: 'here' })).toBe('Echo: here');

    await create('given-up', ECHO);
    await quayside.api.ok('DELETE', '/mcp/instances/given-up');
    await quayside.vanishes('given-up');
  });

  it('is used as soon as it answers, without anybody asking', async () => {
    await gate.open();
    const running = await quayside.reaches('early', 'running', 120_000);
    expect((await engine.containersOf(running.id)).map(({ State }) => State)).toEqual(['running']);
    expect(await quayside.api.call('early', 'echo', { message: 'at last' })).toBe('Echo: at last');
    expect(await saysOfEngine('up')).toMatch(/^docker \d/);
  });

  it('is said to be away when it goes, while calls to what runs go on and new wishes wait', async () => {
    await gate.shut();
    const { reason } = await quayside.reaches('early', 'unknown');
    expect(reason).toContain('The container engine does not answer');
    expect(await saysOfEngine('down')).toContain('does not answer');
    expect(await quayside.api.call('early', 'echo', { message: 'still there' })).toBe('Echo: still there');
    const { servers } = await quayside.api.ok<{ servers: { name: string; status: string }[] }>(
      'GET',
      '/mcp/servers/status',
    );
    expect(servers).toContainEqual(expect.objectContaining({ name: 'early', status: 'unknown' }));

    await create('late', ECHO);
    await quayside.reaches('late', 'unknown');
    expect((await quayside.api.request('POST', '/mcp/instances/bundled/stop')).status).toBe(202);
    await quayside.reaches('bundled', 'stopped');
    const { status, body } = await quayside.api.request('POST', '/mcp/tools/call', {
      server_name: 'late',
      tool_name: 'echo',
      arguments: { message: 'hello' },
    });
    expect([status, body['code']]).toEqual([503, 'server_not_running']);
  });

  it('tells the truth again when it is back: the same container, and what waited is made', async () => {
    const before = await quayside.api.ok<InstanceBody>('GET', '/mcp/instances/early');
    const found = await engine.containersOf(before.id);
    await gate.open();
    const after = await quayside.reaches('early', 'running', 120_000);
    expect(after).toMatchObject({ generation: 1, attempt: 0, container: { id: found[0]?.Id } });
    await quayside.reaches('late', 'running', 120_000);
    expect(await quayside.api.call('late', 'echo', { message: 'made' })).toBe('Echo: made');
    await saysOfEngine('up');
    for (const { id } of [after, await quayside.api.ok<InstanceBody>('GET', '/mcp/instances/late')]) {
      await quayside.api.ok('DELETE', `/mcp/instances/${id}?wait=60`);
      await quayside.vanishes(id);
      expect(await engine.containersOf(id)).toEqual([]);
    }
  });

  it('may end a container meanwhile: it is found ended, and made again', async () => {
    const { id } = await create('lost', ECHO);
    const running = await quayside.reaches('lost', 'running', 120_000);
    await gate.shut();
    await quayside.reaches('lost', 'unknown');
    await engine.kill(running.container!.id);
    await gate.open();
    const again = await quayside.settles(
      'lost',
      ({ status, container }) => status === 'running' && container?.id !== running.container?.id,
      'running in another container',
      120_000,
    );
    // Whoever ended it while nobody could look: it was not the server's fault.
    expect(again.attempt).toBe(0);
    expect(await quayside.api.call('lost', 'echo', { message: 'again' })).toBe('Echo: again');
    await quayside.api.ok('DELETE', '/mcp/instances/lost?wait=60');
    await quayside.vanishes('lost');
    expect(await engine.containersOf(id)).toEqual([]);
  });
});
