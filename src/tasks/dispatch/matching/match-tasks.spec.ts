import fc from 'fast-check';
import { canDo, fits } from './ability';
import { limitNamesOf } from './limits-of';
import { matchTasks, type Situation } from './match-tasks';
import { type Assignment, type Candidate, type Limit, type QueuedTask } from './model';
import { waitingReason } from './waiting-reason';

const NOW_MS = 1_000_000;
const MOST = 200;

const task = (id: string, more: Partial<QueuedTask> = {}): QueuedTask => {
  const traits = {
    workspaceId: 'w1',
    type: 'analysis',
    concurrencyKey: null,
    executor: 'agent' as const,
    capabilities: [] as readonly string[],
    wantedAgent: null,
    ...more,
  };
  const { workspaceId, type, concurrencyKey, executor, capabilities, wantedAgent } = traits;
  const lane = JSON.stringify([workspaceId, type, concurrencyKey, executor, capabilities, wantedAgent]);
  return {
    ...{ id, lane, userId: null, keyId: null, agentId: null, rankMs: 0, dueMs: 0, leaseGen: 0 },
    ...traits,
  };
};

const agent = (id: string, more: Partial<Candidate> = {}): Candidate => ({
  ...{ id, name: id, workspaceId: 'w1', type: 'worker', status: 'active', capabilities: [] },
  ...{ maxTasks: 4, running: 0, load: 0, errorRate: 0, latencyMs: null, closedUntilMs: null },
  offers: [{ askId: `ask-${id}`, capabilities: [], slots: 4, sinceMs: 0 }],
  ...more,
});

const situation = (agents: readonly Candidate[], limits: readonly Limit[] = []): Situation => ({
  ...{ nowMs: NOW_MS, agents, limits, runningByWorkspace: new Map() },
});

const limitOf = (name: string, max: number, running = 0): Limit => ({
  ...{ kind: 'type', name, title: name, max, running },
});

const given = (assignments: readonly Assignment[]): readonly string[] =>
  assignments.map(({ task: { id }, agentId }) => `${id}→${agentId ?? 'gateway'}`);

describe('matching', () => {
  it('gives the smallest rank first, and to nobody what is not due', () => {
    const tasks = [task('b', { rankMs: 2 }), task('a', { rankMs: 1 }), task('c', { dueMs: NOW_MS + 1 })];
    expect(given(matchTasks(tasks, situation([agent('x')]), MOST))).toEqual(['a→x', 'b→x']);
  });

  it('spreads work over agents that are alike', () => {
    const tasks = ['a', 'b', 'c', 'd'].map((id) => task(id));
    const found = matchTasks(tasks, situation([agent('x'), agent('y')]), MOST);
    expect(given(found)).toEqual(['a→x', 'b→y', 'c→x', 'd→y']);
  });

  it.each<readonly [string, Partial<Candidate>]>([
    ['busier', { running: 2 }],
    ['under load', { load: 0.9 }],
    ['often wrong', { errorRate: 0.8 }],
    ['slow', { latencyMs: 20_000 }],
    ['newly come', { offers: [{ askId: 'ask', capabilities: [], slots: 1, sinceMs: 5 }] }],
  ])('prefers another agent to one that is %s, and keeps how each was judged', (_word, worse) => {
    const [first] = matchTasks([task('a')], situation([agent('a1', worse), agent('z9')]), MOST);
    expect(first?.agentId).toBe('z9');
    expect(first?.candidates.map(({ agentId }) => agentId)).toEqual(['z9', 'a1']);
    expect(first?.candidates[0]?.parts).toEqual({ free: 1, load: 1, errors: 1, latency: 0.5 });
  });

  it('gives to whom it is meant for, and needs every capability', () => {
    const agents = [agent('x', { capabilities: ['gpu'] }), agent('y', { capabilities: ['gpu', 'ocr'] })];
    const tasks = [
      task('a', { capabilities: ['ocr', 'gpu'] }),
      task('b', { wantedAgent: 'x' }),
      task('c', { capabilities: ['tape'] }),
    ];
    expect(given(matchTasks(tasks, situation(agents), MOST)).toSorted()).toEqual(['a→y', 'b→x']);
  });

  it('gives a task that names nothing to workers only', () => {
    const agents = [agent('v', { type: 'validator' }), agent('w')];
    expect(given(matchTasks([task('a')], situation(agents), MOST))).toEqual(['a→w']);
  });

  it('answers within what was asked for', () => {
    const offers = [{ askId: 'q', capabilities: ['ocr'], slots: 1, sinceMs: 0 }];
    const agents = [agent('x', { capabilities: ['gpu', 'ocr'], offers })];
    const tasks = [task('a', { capabilities: ['gpu'] }), task('b', { capabilities: ['ocr'] }), task('c')];
    expect(given(matchTasks(tasks, situation(agents), MOST))).toEqual(['b→x']);
  });

  it.each<readonly [string, Partial<Candidate>]>([
    ['is draining', { status: 'draining' }],
    ['is lost', { status: 'lost' }],
    ['asked for quiet', { closedUntilMs: NOW_MS + 1 }],
    ['is full', { running: 4 }],
    ['does not ask', { offers: [] }],
    ['is of another workspace', { workspaceId: 'w2' }],
  ])('gives nothing to an agent that %s', (_word, state) => {
    expect(matchTasks([task('a')], situation([agent('x', state)]), MOST)).toEqual([]);
  });

  it('serves the workspace of which fewer run, however much the other has waiting', () => {
    const flood = Array.from({ length: 50 }, (_, at) => task(`a${String(at)}`, { executor: 'gateway' }));
    const few = ['x', 'y'].map((id) => task(id, { workspaceId: 'w2', executor: 'gateway', rankMs: 9 }));
    const found = matchTasks([...flood, ...few], situation([]), 4);
    expect(found.map(({ task: { workspaceId } }) => workspaceId)).toEqual(['w1', 'w2', 'w1', 'w2']);
  });

  it('goes on behind what a limit holds back', () => {
    const name = limitNamesOf(task('a'))[1] ?? '';
    const tasks = [task('a'), task('b', { rankMs: 1 }), task('c', { type: 'output', rankMs: 2 })];
    const found = matchTasks(tasks, situation([agent('x')], [limitOf(name, 3, 2)]), MOST);
    expect(given(found)).toEqual(['a→x', 'c→x']);
  });
});

describe('any match', () => {
  const names = fc.constantFrom('a', 'b', 'c');
  const capabilities = fc.uniqueArray(fc.constantFrom('gpu', 'ocr', 'tape'));
  const workspaces = fc.constantFrom('w1', 'w2');
  const tasks = fc
    .array(
      fc.record({
        ...{ workspaceId: workspaces, type: names, capabilities, rankMs: fc.nat(5) },
        concurrencyKey: fc.option(names),
        executor: fc.constantFrom('agent' as const, 'gateway' as const),
        wantedAgent: fc.option(fc.constantFrom('agent0', 'agent1'), { freq: 5 }),
        dueMs: fc.constantFrom(0, NOW_MS, NOW_MS + 1),
      }),
      { maxLength: 40 },
    )
    .map((all) => all.map((each, at) => task(`t${String(at)}`, each)));
  const agents = fc
    .array(
      fc.record({
        ...{ workspaceId: workspaces, capabilities, maxTasks: fc.integer({ min: 1, max: 5 }) },
        type: fc.constantFrom('worker' as const, 'validator' as const),
        status: fc.constantFrom('active' as const, 'active' as const, 'draining' as const, 'lost' as const),
        running: fc.nat(3),
        load: fc.double({ min: 0, max: 1, noNaN: true }),
        closedUntilMs: fc.option(fc.constantFrom(NOW_MS - 1, NOW_MS + 1), { freq: 4 }),
        offers: fc.array(
          fc.record({
            askId: fc.option(names),
            ...{ capabilities, slots: fc.integer({ min: 1, max: 3 }), sinceMs: fc.nat(3) },
          }),
          { maxLength: 2 },
        ),
      }),
      { maxLength: 5 },
    )
    .map((all) => all.map((each, at) => agent(`agent${String(at)}`, each)));
  const limits = fc.record({
    installation: fc.nat(12),
    type: fc.nat(3),
    key: fc.nat(2),
    running: fc.nat(2),
  });

  const limitsOver = (
    all: readonly QueuedTask[],
    sizes: { installation: number; type: number; key: number; running: number },
  ): readonly Limit[] => {
    const [installation = ''] = limitNamesOf(task('any'));
    const ofTypes = all.map((each) => limitNamesOf(each)[1] ?? '');
    const ofKeys = all
      .filter(({ concurrencyKey }) => concurrencyKey !== null)
      .map((each) => limitNamesOf(each)[2] ?? '');
    return [
      limitOf(installation, sizes.installation),
      ...[...new Set(ofTypes)].map((name) => limitOf(name, sizes.type, sizes.running)),
      ...[...new Set(ofKeys)].map((name) => limitOf(name, sizes.key)),
    ];
  };

  const worlds = fc.record({ tasks, agents, limits }).map((world) => ({
    tasks: world.tasks,
    at: situation(world.agents, limitsOver(world.tasks, world.limits)),
  }));

  /** The world as it is once everything was given out. */
  const after = (at: Situation, found: readonly Assignment[]): Situation => ({
    ...at,
    agents: at.agents.map((each) => ({
      ...each,
      running: each.running + found.filter(({ agentId }) => agentId === each.id).length,
      offers: each.offers.map((offer) => ({ ...offer })),
    })),
    limits: at.limits.map((limit) => ({
      ...limit,
      running: limit.running + found.filter((each) => limitNamesOf(each.task).includes(limit.name)).length,
    })),
  });

  const isToAnAbleAgent = ({ task: one, agentId, candidates }: Assignment, at: Situation): boolean => {
    const whom = at.agents.find(({ id }) => id === agentId);
    if (whom === undefined || candidates[0]?.agentId !== agentId) return false;
    return canDo(whom, one) && whom.offers.some((offer) => fits(offer, one));
  };

  it('keeps within limits, room and ability, and gives each task once', () => {
    fc.assert(
      fc.property(worlds, ({ tasks: waiting, at }) => {
        const found = matchTasks(waiting, at, MOST);
        expect(new Set(found.map((each) => each.task.id)).size).toBe(found.length);
        const then = after(at, found);
        for (const [place, limit] of then.limits.entries())
          expect(limit.running).toBeLessThanOrEqual(Math.max(limit.max, at.limits[place]?.running ?? 0));
        for (const [place, each] of then.agents.entries())
          expect(each.running).toBeLessThanOrEqual(Math.max(each.maxTasks, at.agents[place]?.running ?? 0));
        for (const each of found)
          expect(each.task.executor === 'gateway' || isToAnAbleAgent(each, at)).toBe(true);
      }),
    );
  });

  it('leaves nothing that could be given: what stays has a reason', () => {
    fc.assert(
      fc.property(worlds, ({ tasks: waiting, at }) => {
        const unlimited = { ...at, agents: at.agents.map(withRoomyOffers) };
        const found = matchTasks(waiting, unlimited, MOST);
        const then = after(unlimited, found);
        const done = new Set(found.map((each) => each.task.id));
        for (const one of waiting)
          if (!done.has(one.id)) expect(waitingReason(one, then).code).not.toBe('dispatching');
      }),
    );
  });

  it('does not depend on the order in which anything comes', () => {
    fc.assert(
      fc.property(worlds, ({ tasks: waiting, at }) => {
        const turned = { ...at, agents: at.agents.toReversed() };
        expect(given(matchTasks(waiting.toReversed(), turned, MOST))).toEqual(
          given(matchTasks(waiting, at, MOST)),
        );
      }),
    );
  });

  it('keeps the order of ranks inside a lane', () => {
    fc.assert(
      fc.property(worlds, ({ tasks: waiting, at }) => {
        const last = new Map<string, number>();
        for (const { task: one } of matchTasks(waiting, at, MOST)) {
          expect(one.rankMs).toBeGreaterThanOrEqual(last.get(one.lane) ?? -1);
          last.set(one.lane, one.rankMs);
        }
      }),
    );
  });

  /** Slots of an answer are used up by the match; room of the agent is what the reason looks at. */
  const withRoomyOffers = (each: Candidate): Candidate => ({
    ...each,
    offers: each.offers.map((offer) => ({ ...offer, slots: 100 })),
  });
});
