import { randomUUID } from 'node:crypto';
import { describeWithEngine, eventually } from '@app/testing';
import { type InstanceBody } from '../api';
import { Engine } from '../engine';
import { Installation } from '../installation';

/** Guards against hanging; how long a step may take is said where it is waited for. */
jest.setTimeout(300_000);
/** A server is given a minute for its first answer before it is replaced; a loaded machine adds to that. */
const FIRST_ANSWER_LIMIT_MS = 240_000;
const SECRET = `s3cr3t-${randomUUID()}`;

const image = (name: string, more: object = {}) => ({
  type: 'docker',
  image: `quayside-test/${name}:latest`,
  port: 8080,
  ...more,
});
/** An image without a program of its own, told to run one whose file is missing. */
const startedWrongly = { command: ['/usr/local/bin/node', '/app/nothing.js'] };

const SPECS: Readonly<Record<string, object>> = {
  healthy: image('echo'),
  exits: image('exits'),
  'no-program': image('no-program'),
  'wrong-command': image('no-program', startedWrongly),
  'wrong-stdio': image('no-program', { ...startedWrongly, transport: 'stdio' }),
  'without-transport': { type: 'docker', image: 'mcp/filesystem:latest', port: 8001 },
  oom: image('oom', { resources: { memory_limit: '64m' } }),
  'never-listens': image('never-listens'),
  silent: image('silent'),
  'not-mcp': image('not-mcp'),
  'slow-start': image('slow-start', { environment: { SLOW_START_MS: '5000' } }),
  'ignores-term': image('ignores-term'),
  floods: image('floods'),
};

/** Only a run with the engine of the tests has their registry. */
const REGISTRY = process.env['QUAYSIDE_TEST_REGISTRY_IMAGES'];
const IMAGES = JSON.parse(REGISTRY ?? '{}') as Readonly<Record<string, string>>;
const itWithRegistry = REGISTRY === undefined ? it.skip : it;

/** All at once in one installation: none may hold up another. */
describeWithEngine('servers that misbehave', ({ socketPath, host }) => {
  const engine = new Engine(socketPath);
  let quayside: Installation;

  beforeAll(async () => {
    quayside = await Installation.start({ engine: host });
    await quayside.api.ok('POST', '/mcp/servers', {
      name: 'prints-secrets',
      docker_image_url: 'quayside-test/prints-secrets:latest',
      port: 8080,
      env_schema: [{ name: 'API_KEY', type: 'string', required: true, secret: true }],
    });
    const bodies: readonly object[] = [
      ...Object.entries(SPECS).map(([name, json_spec]) => ({ name, json_spec })),
      ...Object.entries(IMAGES).map(([name, reference]) => ({
        name: `image-${name}`,
        json_spec: { type: 'docker', image: reference },
      })),
      { name: 'prints', template: 'prints-secrets', environment: { API_KEY: SECRET } },
    ];
    await Promise.all(bodies.map((body) => quayside.api.ok('POST', '/mcp/instances', body)));
  });

  afterAll(async () => {
    try {
      await removeAll();
    } finally {
      await quayside.stop();
    }
  });

  /** Whatever it does, it can be deleted, and leaves nothing. */
  async function removeAll(): Promise<void> {
    const { instances } = await quayside.api.ok<{ instances: InstanceBody[] }>(
      'GET',
      '/mcp/instances?limit=100',
    );
    const operations = instances.map(({ id }) => ({ op: 'delete', id }));
    await quayside.api.ok('POST', '/mcp/instances/bulk', { operations });
    for (const { id } of instances) {
      await quayside.vanishes(id, 120_000);
      expect(await engine.containersOf(id)).toEqual([]);
      expect(await engine.networksOf(id)).toEqual([]);
    }
  }

  const errorOf = async (name: string, deadlineMs = 120_000) => {
    const { last_error: error } = await quayside.settles(
      name,
      ({ last_error: last }) => last !== undefined,
      'an error',
      deadlineMs,
    );
    return error!;
  };
  const waitsForNextAttempt = (name: string) =>
    quayside.settles(
      name,
      ({ status, next_attempt_at: next }) => status === 'failed' && next !== null,
      'failed, with the time of its next attempt',
      120_000,
    );
  const diagnosisOf = (name: string) =>
    quayside.api.ok<{ cause: string; fix: { action: string } }>('POST', `/mcp/instances/${name}/diagnose`);

  it('one that exits: says how, with its last words, and when it is tried again', async () => {
    const error = await errorOf('exits');
    expect(error).toMatchObject({ exit_code: 3, oom_killed: false });
    expect(error.message).toMatch(/^The container ended by itself with exit code 3\. Its last line was: \S/);
    // Two streams, so that the order of their lines is not certain.
    expect([...error.output].sort()).toEqual(['Cannot start: the configuration is wrong.', 'starting']);

    const failed = await waitsForNextAttempt('exits');
    expect(failed).toMatchObject({ reason: expect.stringContaining('exit code 3') as string });
    expect(failed.attempt).toBeGreaterThan(0);
    const patient = await quayside.settles(
      'exits',
      ({ attempt }) => attempt > failed.attempt,
      'tried again',
      120_000,
    );
    expect(patient.generation).toBe(1);

    // A new container that has said nothing yet may be there just now.
    await eventually(async () => {
      const logs = await quayside.api.ok('GET', '/mcp/instances/exits/logs');
      expect(logs).toContain('the configuration is wrong');
    });
    expect((await diagnosisOf('exits')).cause).toContain('exit code 3');
    const { status, body } = await quayside.api.request('POST', '/mcp/tools/call', {
      server_name: 'exits',
      tool_name: 'echo',
      arguments: { message: 'anybody?' },
    });
    expect([status, body['code']]).toEqual([503, 'server_not_running']);
    const { events } = await quayside.api.ok<{ events: { name: string; reason: string }[] }>(
      'GET',
      '/mcp/instances/exits/events?limit=200',
    );
    expect(events).toContainEqual(
      expect.objectContaining({ name: 'mcp.instance.failed', reason: failed.reason }),
    );
  });

  it('one whose program is missing, or whose command is wrong: says what could not be run', async () => {
    expect((await errorOf('no-program')).message).toContain('/no/such/program');
    for (const name of ['wrong-command', 'wrong-stdio']) {
      const { exit_code: code, output } = await errorOf(name);
      expect([name, code]).toEqual([name, 1]);
      expect(output.join('\n')).toContain("Cannot find module '/app/nothing.js'");
    }
  });

  it('one that is not told to speak over its standard streams: says what to set', async () => {
    const { exit_code: code, message } = await errorOf('without-transport');
    expect(code).toBe(0);
    expect(message).toContain('If it speaks over its standard streams, set "transport": "stdio".');
  });

  it('one that needs more memory than it may: says so, and how to mend it', async () => {
    const error = await errorOf('oom');
    expect(error).toMatchObject({ exit_code: 137, oom_killed: true });
    expect(error.message).toContain('killed because it needed more memory than its limit of 64m');
    expect(await diagnosisOf('oom')).toMatchObject({
      cause: 'It ran out of memory.',
      fix: { action: 'raise_memory' },
    });
  });

  it.each([
    ['never-listens', '"never-listens" cannot be reached: the connection was refused.'],
    ['silent', '"silent" did not complete the handshake within 15000 ms.'],
    ['not-mcp', '"not-mcp" broke the protocol: it answered with no content type.'],
    ['floods', '"floods" cannot be reached: the connection was refused.'],
  ])('%s: says so while there is hope, and is replaced', async (name, trouble) => {
    const { status, reason } = await quayside.settles(
      name,
      (instance) => instance.reason.includes(trouble),
      trouble,
      120_000,
    );
    expect(['starting', 'restarting', 'failed']).toContain(status);
    expect(reason).toContain('answer');
    const error = await errorOf(name, FIRST_ANSWER_LIMIT_MS);
    expect(error.message).toMatch(/^It never answered and is replaced: /);
    expect(error.output.length).toBeLessThanOrEqual(200);
  });

  it('one that floods its output: what is shown of it is bounded', async () => {
    const logs = await quayside.api.ok<string>('GET', '/mcp/instances/floods/logs?tail=50');
    expect(logs.trimEnd().split('\n').length).toBeLessThanOrEqual(50);
  });

  it('one that starts slowly: is waited for', async () => {
    const running = await quayside.reaches('slow-start', 'running', 120_000);
    expect(running).toMatchObject({ attempt: 0, generation: 1 });
    expect(running.last_error).toBeUndefined();
    expect(await quayside.api.call('slow-start', 'echo', { message: 'at last' })).toBe('Echo: at last');
  });

  it('one that prints its secrets: nobody reads them', async () => {
    await quayside.reaches('prints', 'running', 120_000);
    const logs = await quayside.api.ok('GET', '/mcp/instances/prints/logs');
    expect(logs).toContain('API_KEY=[redacted');
    expect(logs).not.toContain(SECRET);
    expect(quayside.log.join('\n')).not.toContain(SECRET);
  });

  it('one that does not end when it is told to: is stopped all the same', async () => {
    const { id } = await quayside.reaches('ignores-term', 'running', 120_000);
    await quayside.api.ok('POST', '/mcp/instances/ignores-term/stop?wait=60');
    await quayside.reaches('ignores-term', 'stopped');
    expect(await engine.containersOf(id)).toEqual([]);
  });

  itWithRegistry('an image that cannot be had: is told in the words of the registry', async () => {
    const [unknown, denied] = await Promise.all(['image-unknown', 'image-denied'].map(waitsForNextAttempt));
    expect(unknown?.reason).toBe(`The image "${IMAGES['unknown'] ?? ''}" was not found: manifest unknown`);
    expect(denied?.reason).toMatch(/^The image ".+\/denied:latest" was not found: .*denied/);
    expect((await errorOf('image-present')).exit_code).not.toBeNull();

    const waiting = await quayside.settles(
      'image-stalled',
      ({ reason }) => reason === `The image ${IMAGES['stalled'] ?? ''} is being pulled.`,
      'being pulled',
    );
    expect(waiting.status).toBe('creating');
    // Nobody has to wait for the registry to get rid of it.
    await quayside.api.ok('DELETE', '/mcp/instances/image-stalled?wait=30');
    await quayside.vanishes('image-stalled');
  });

  it('none of them disturbs the one beside them', async () => {
    const healthy = await quayside.reaches('healthy', 'running');
    expect(healthy.attempt).toBe(0);
    expect((await engine.containersOf(healthy.id)).map(({ State }) => State)).toEqual(['running']);
    expect(await quayside.api.call('healthy', 'echo', { message: 'fine' })).toBe('Echo: fine');
  });
});
