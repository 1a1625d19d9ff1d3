import { type InstanceSpec } from '@app/contracts';
import { type Desired, type Wish } from './desired';
import { nextStep, type Step } from './next-step';
import { type Observed, type ObservedContainer, type ReplicaHealth, UNKNOWN_HEALTH } from './observed';

const NOW = 1_000_000;
const DOCKER: InstanceSpec = { type: 'docker', image: 'example/server:1' };
const STDIO: InstanceSpec = { type: 'stdio', command: 'echo' };
const URL_SPEC: InstanceSpec = { type: 'url', endpoint: 'https://mcp.example.com/mcp' };

const want = (wish: Wish, spec: InstanceSpec | undefined = DOCKER, replicas = 1): Desired => ({
  instanceId: 'i-1',
  name: 'server',
  generation: 2,
  containerGeneration: 2,
  wish,
  replicas,
  specHash: 'hash',
  spec: wish === 'gone' ? undefined : spec,
});

const box = (over: Partial<ObservedContainer> = {}): ObservedContainer => ({
  id: `c-${over.replica ?? 0}`,
  name: 'quayside-i1-g2-r0',
  replica: 0,
  generation: 2,
  specHash: 'hash',
  state: 'running',
  attached: false,
  ...over,
});

const see = (over: Partial<Observed> = {}): Observed => ({
  nowMs: NOW,
  engine: 'up',
  containers: [],
  hasNetwork: true,
  hasImage: true,
  health: new Map(),
  ...over,
});

const health = (over: Partial<ReplicaHealth>, replica = 0): Observed['health'] =>
  new Map([[replica, { ...UNKNOWN_HEALTH, containerId: `c-${replica}`, ...over }]]);

const settled = (lookAgainAtMs: number | null): Step => ({ kind: 'settled', lookAgainAtMs });
const SERVING = { answered: true, nextProbeAtMs: NOW + 10_000 };

describe('nextStep makes a container in small steps', () => {
  const created = box({ state: 'created' });
  it.each<[string, Observed, Step]>([
    ['nothing', see({ hasNetwork: false, hasImage: false }), { kind: 'ensure-network', replica: 0 }],
    ['a network', see({ hasImage: false }), { kind: 'pull', replica: 0 }],
    ['a network and an image', see(), { kind: 'create', replica: 0 }],
    ['a created container', see({ containers: [created] }), { kind: 'start', container: created }],
    ['a running container nobody asked', see({ containers: [box()] }), { kind: 'probe', replicas: [0] }],
    ['one that serves', see({ containers: [box()], health: health(SERVING) }), settled(NOW + 10_000)],
    [
      'one whose next probe is due',
      see({ containers: [box()], health: health({ answered: true, nextProbeAtMs: NOW }) }),
      { kind: 'probe', replicas: [0] },
    ],
    [
      'one that waits for its backoff',
      see({ health: health({ containerId: null, holdUntilMs: NOW + 1 }), hasImage: false }),
      settled(NOW + 1),
    ],
    [
      'one whose backoff is over',
      see({ health: health({ holdUntilMs: NOW }) }),
      { kind: 'create', replica: 0 },
    ],
  ])('sees %s', (_, observed, step) => {
    expect(nextStep(want('running'), observed)).toEqual(step);
  });
});

describe('nextStep replaces what does not serve', () => {
  const ended = box({ state: 'ended' });
  const removing = box({ state: 'removing' });
  it.each<[string, Observed, Step]>([
    ['an ended container', see({ containers: [ended] }), { kind: 'examine', container: ended }],
    [
      'three missed probes',
      see({ containers: [box()], health: health({ answered: true, misses: 3 }) }),
      { kind: 'recover', container: box() },
    ],
    [
      'two missed probes',
      see({ containers: [box()], health: health({ answered: true, misses: 2, nextProbeAtMs: NOW + 5 }) }),
      settled(NOW + 5),
    ],
    [
      'no first answer in time',
      see({ containers: [box()], health: health({ misses: 9, startedAtMs: NOW - 60_000 }) }),
      { kind: 'recover', container: box() },
    ],
    [
      'no first answer yet',
      see({
        containers: [box()],
        health: health({ misses: 9, startedAtMs: NOW - 59_000, nextProbeAtMs: NOW + 1 }),
      }),
      settled(NOW + 1),
    ],
    ['a removal under way', see({ containers: [removing] }), { kind: 'wait-for-removal' }],
  ])('sees %s', (_, observed, step) => {
    expect(nextStep(want('running'), observed)).toEqual(step);
  });
});

describe('nextStep clears what is not wanted', () => {
  const old = box({ id: 'old', generation: 1 });
  const oldEnded = { ...old, state: 'ended' as const };
  const surplus = box({ id: 'c-1', replica: 1 });
  const double = box({ id: 'double' });
  it.each<[string, Desired, Observed, Step]>([
    ['an old generation', want('running'), see({ containers: [old] }), { kind: 'stop', containers: [old] }],
    [
      'two generations',
      want('running'),
      see({ containers: [box(), old] }),
      { kind: 'stop', containers: [old] },
    ],
    [
      'an old one that ended',
      want('running'),
      see({ containers: [oldEnded] }),
      { kind: 'remove', containers: [oldEnded] },
    ],
    [
      'another spec hash',
      want('running'),
      see({ containers: [box({ specHash: 'x' })] }),
      { kind: 'stop', containers: [box({ specHash: 'x' })] },
    ],
    [
      'a surplus replica',
      want('running'),
      see({ containers: [box(), surplus] }),
      { kind: 'stop', containers: [surplus] },
    ],
    [
      'two in one place',
      want('running'),
      see({ containers: [box(), double] }),
      { kind: 'stop', containers: [double] },
    ],
    ['a wish to stop', want('stopped'), see({ containers: [box()] }), { kind: 'stop', containers: [box()] }],
    [
      'a wish to delete',
      want('deleted'),
      see({ containers: [box()] }),
      { kind: 'stop', containers: [box()] },
    ],
    ['no row', want('gone'), see({ containers: [box()] }), { kind: 'stop', containers: [box()] }],
    ['only a network', want('stopped'), see(), { kind: 'remove-network' }],
    ['only a network to delete', want('deleted'), see(), { kind: 'remove-network' }],
    ['nothing, stopped', want('stopped'), see({ hasNetwork: false }), settled(null)],
    ['nothing, deleted', want('deleted'), see({ hasNetwork: false }), settled(null)],
    ['nothing, gone', want('gone'), see({ hasNetwork: false }), settled(null)],
  ])('sees %s', (_, desired, observed, step) => {
    expect(nextStep(desired, observed)).toEqual(step);
  });
});

describe('nextStep with several replicas', () => {
  it('makes the missing one while another waits for its backoff', () => {
    const observed = see({ health: health({ holdUntilMs: NOW + 9 }) });
    expect(nextStep(want('running', DOCKER, 2), observed)).toEqual({ kind: 'create', replica: 1 });
  });

  it('probes all that are due together', () => {
    const containers = [box(), box({ id: 'c-1', replica: 1 })];
    expect(nextStep(want('running', DOCKER, 2), see({ containers }))).toEqual({
      kind: 'probe',
      replicas: [0, 1],
    });
  });

  it('wakes for the earliest of them', () => {
    const containers = [box(), box({ id: 'c-1', replica: 1 })];
    const both = new Map([...health(SERVING), ...health({ answered: true, nextProbeAtMs: NOW + 3 }, 1)]);
    expect(nextStep(want('running', DOCKER, 2), see({ containers, health: both }))).toEqual(settled(NOW + 3));
  });
});

describe('nextStep of a server that speaks over its streams', () => {
  const created = box({ state: 'created' });
  it.each<[string, Observed, Step]>([
    ['created', see({ containers: [created] }), { kind: 'attach', container: created }],
    [
      'created and attached',
      see({ containers: [{ ...created, attached: true }] }),
      { kind: 'start', container: { ...created, attached: true } },
    ],
    ['running, but attached by nobody', see({ containers: [box()] }), { kind: 'attach', container: box() }],
    [
      'running and attached',
      see({ containers: [box({ attached: true })] }),
      { kind: 'probe', replicas: [0] },
    ],
  ])('sees it %s', (_, observed, step) => {
    expect(nextStep(want('running', STDIO), observed)).toEqual(step);
    expect(nextStep(want('running', { ...DOCKER, transport: 'stdio' }), observed)).toEqual(step);
  });
});

describe('nextStep of a remote server', () => {
  it.each<[Wish, Observed, Step]>([
    ['running', see(), { kind: 'probe', replicas: [0] }],
    ['running', see({ health: health({ nextProbeAtMs: NOW + 1 }) }), settled(NOW + 1)],
    ['running', see({ health: health({ answered: true, misses: 7 }) }), { kind: 'probe', replicas: [0] }],
    ['stopped', see(), settled(null)],
    ['deleted', see(), settled(null)],
  ])('wants it %s', (wish, observed, step) => {
    expect(nextStep(want(wish, URL_SPEC), observed)).toEqual(step);
  });
});

describe('nextStep without an engine', () => {
  it.each<[Wish, Observed['engine'], Step]>([
    ['running', 'down', { kind: 'wait-for-engine' }],
    ['running', 'absent', { kind: 'wait-for-engine' }],
    ['stopped', 'down', { kind: 'wait-for-engine' }],
    ['deleted', 'down', { kind: 'wait-for-engine' }],
    // What never was there must not keep an instance from being deleted.
    ['stopped', 'absent', settled(null)],
    ['deleted', 'absent', settled(null)],
    ['gone', 'absent', settled(null)],
  ])('wants it %s, engine %s', (wish, engine, step) => {
    expect(nextStep(want(wish), see({ engine }))).toEqual(step);
  });
});
