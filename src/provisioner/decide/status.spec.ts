import { type InstanceSpec } from '@app/contracts';
import { type Desired } from './desired';
import { nextStep } from './next-step';
import { type Observed, type ObservedContainer, type ReplicaHealth, UNKNOWN_HEALTH } from './observed';
import { statusOf } from './status';

const NOW = 1_000_000;
const WORDS = {
  ...{ activity: null, engineDetail: 'Nobody answers.', healthy: 'It answers.' },
  place: 'container' as const,
};

const want = (over: Partial<Desired> = {}): Desired => ({
  instanceId: 'i-1',
  name: 'server',
  generation: 2,
  containerGeneration: 2,
  wish: 'running',
  replicas: 1,
  specHash: 'hash',
  spec: { type: 'docker', image: 'example/server:1' },
  ...over,
});
const remote: InstanceSpec = { type: 'url', endpoint: 'https://mcp.example.com/mcp' };

const box = (replica = 0, over: Partial<ObservedContainer> = {}): ObservedContainer => ({
  id: `c-${replica}`,
  name: 'n',
  replica,
  generation: 2,
  specHash: 'hash',
  state: 'running',
  attached: false,
  ...over,
});
const see = (
  containers: readonly ObservedContainer[],
  ...health: readonly Partial<ReplicaHealth>[]
): Observed => ({
  nowMs: NOW,
  engine: 'up',
  containers,
  hasNetwork: true,
  hasImage: true,
  health: new Map(
    health.map((over, replica) => [replica, { ...UNKNOWN_HEALTH, nextProbeAtMs: NOW + 1, ...over }]),
  ),
});

const phaseOf = (desired: Desired, observed: Observed): string | undefined =>
  statusOf(desired, observed, nextStep(desired, observed), WORDS)?.phase;

const SERVES = { answered: true, hasServed: true };
const HELD = { holdUntilMs: NOW + 5_000, trouble: 'It crashed.' };

describe('statusOf a container', () => {
  it.each<[string, Observed, string | undefined]>([
    ['is missing', see([]), 'creating'],
    ['is missing after it served', see([], { hasServed: true }), 'restarting'],
    ['failed once and never served', see([], { ...HELD, attempt: 1 }), 'failed'],
    ['served and crashed', see([], { ...HELD, attempt: 1, hasServed: true }), 'restarting'],
    ['served and crashed five times', see([], { ...HELD, attempt: 5, hasServed: true }), 'failed'],
    ['is made for the second time', see([], { attempt: 1 }), 'restarting'],
    ['exists', see([box(0, { state: 'created' })]), 'created'],
    ['runs', see([box()], { startedAtMs: NOW }), 'starting'],
    ['runs and was taken over', see([box()], { startedAtMs: NOW, adopted: true }), undefined],
    ['was taken over and is silent', see([box()], { adopted: true, misses: 1, trouble: 't' }), 'starting'],
    ['answers', see([box()], SERVES), 'running'],
    ['missed two probes', see([box()], { ...SERVES, misses: 2 }), 'running'],
    ['missed three probes', see([box()], { ...SERVES, misses: 3 }), 'unhealthy'],
    ['makes room for its successor', see([box(0, { generation: 1 })]), 'restarting'],
    ['ended', see([box(0, { state: 'ended' })], SERVES), undefined],
  ])('that %s', (_, observed, phase) => {
    expect(phaseOf(want(), observed)).toBe(phase);
  });

  it.each([
    ['at first', NOW - 999, {}, false],
    ['after a second', NOW - 1_000, {}, true],
    ['at once when waiting cannot help', NOW, { hopeless: true }, true],
  ])('says why nothing answers %s', (_, startedAtMs, over, isSaid) => {
    const observed = see([box()], { startedAtMs, misses: 1, trouble: 'refused', ...over });
    const { reason } = statusOf(want(), observed, nextStep(want(), observed), WORDS)!;
    expect(reason.includes('refused')).toBe(isSaid);
  });
});

describe('statusOf a process', () => {
  it.each<[string, Desired, Observed, string]>([
    ['is missing', want(), see([]), 'Its process is being made.'],
    ['exists', want(), see([box(0, { state: 'created' })]), 'Its process exists and is about to be started.'],
    ['runs', want(), see([box()], { startedAtMs: NOW }), 'Its process runs; it has not answered yet.'],
    [
      'is replaced',
      want(),
      see([box(0, { generation: 1 })]),
      'The process of the former generation makes room.',
    ],
    ['is stopped', want({ wish: 'stopped' }), see([box()]), 'Its process is being stopped.'],
    ['goes', want({ wish: 'deleted' }), see([box()]), 'Its processes and secret files are being removed.'],
  ])('that %s never speaks of containers', (_, desired, observed, reason) => {
    const words = { ...WORDS, place: 'process' as const };
    expect(statusOf(desired, observed, nextStep(desired, observed), words)?.reason).toBe(reason);
  });
});

describe('statusOf several replicas', () => {
  const three = want({ replicas: 3 });
  it('is degraded while some of them answer', () => {
    const observed = see([box(0), box(1)], SERVES, SERVES, { ...HELD, attempt: 1 });
    const status = statusOf(three, observed, nextStep(three, observed), WORDS);
    expect(status).toMatchObject({ phase: 'degraded', reason: '2 of 3 replicas answer. It crashed.' });
    expect(status).toMatchObject({ attempt: 1, nextAttemptAtMs: NOW + 5_000 });
  });

  it('tells of the worst when none answers', () => {
    expect(phaseOf(three, see([box(0), box(1, { state: 'created' })], {}, {}, { ...HELD, attempt: 1 }))).toBe(
      'failed',
    );
  });
});

describe('statusOf a remote server', () => {
  it.each<[string, Partial<ReplicaHealth>, string | undefined]>([
    ['nobody asked yet', {}, undefined],
    ['that missed once', { misses: 1, trouble: 't' }, 'starting'],
    ['that never answers', { misses: 3, trouble: 't' }, 'failed'],
    ['that refuses us', { misses: 1, trouble: 't', hopeless: true }, 'failed'],
    ['that answers', SERVES, 'running'],
    ['that stopped answering', { ...SERVES, misses: 3 }, 'unhealthy'],
  ])('%s', (_, health, phase) => {
    expect(phaseOf(want({ spec: remote }), see([], health))).toBe(phase);
  });
});

describe('statusOf an ending', () => {
  it.each([
    ['stopped', [box()], true, 'stopping'],
    ['stopped', [], false, 'stopped'],
    ['deleted', [box()], true, 'deleting'],
    ['deleted', [], true, 'deleting'],
    ['deleted', [], false, 'deleted'],
    ['gone', [box()], true, undefined],
  ] as const)('wants it %s, sees %o', (wish, containers, hasNetwork, phase) => {
    expect(phaseOf(want({ wish }), { ...see(containers), hasNetwork })).toBe(phase);
  });
});

describe('statusOf without an engine', () => {
  it.each([
    ['down', 'unknown'],
    ['absent', 'failed'],
  ] as const)('that is %s', (engine, phase) => {
    const observed = { ...see([]), engine };
    const status = statusOf(want(), observed, nextStep(want(), observed), WORDS);
    expect(status).toMatchObject({ phase, reason: 'Nobody answers.' });
  });
});
