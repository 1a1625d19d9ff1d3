import fc from 'fast-check';
import { conclude, decide, type RunEvent } from './decide';
import { isUnderWay, type Outcome, type RunState, type StageState, type StageStatus } from './run-state';

interface Shape {
  readonly kind: StageState['kind'];
  readonly isRequired: boolean;
  readonly onFailure: StageState['onFailure'];
  readonly retries: number;
  /** What its attempts give, the last one again and again. */
  readonly gives: readonly ('ok' | 'bad' | 'fatal')[];
  readonly isSkipped: boolean;
}

interface Stage {
  shape: Shape;
  state: StageState;
  waitsFor: number;
  parents: readonly number[];
  endings: number;
}

const RUN: RunState = {
  ...{ status: 'pending', total: 0, ended: 0, active: 0, waiting: 0, ending: null, compensation: null },
};

/** A world of arrays around the rules: what the tables do, with a count of every stage that is touched. */
class World {
  readonly stages: Stage[];
  run: RunState;
  touched = 0;
  readonly order: number[] = [];

  constructor(shapes: readonly Shape[], edges: readonly (readonly [number, number])[]) {
    const children = shapes.map((_, at) => edges.filter(([from]) => from === at).map(([, to]) => to));
    this.run = { ...RUN, total: shapes.length };
    this.stages = shapes.map((shape, position) => {
      const parents = edges.filter(([, to]) => to === position).map(([from]) => from);
      const { kind, isRequired, onFailure, retries } = shape;
      const about = { id: `s${String(position)}`, name: `s${String(position)}`, position };
      const state: StageState = {
        ...{
          ...about,
          kind,
          isRequired,
          onFailure,
          retries,
          isCompensation: false,
          status: 'pending',
          attempt: 0,
        },
        children: children[position] ?? [],
      };
      return { shape, state, parents, waitsFor: parents.length, endings: 0 };
    });
  }

  /** Plays to the end; `pick` chooses how many of those under way end at once. */
  play(pick: () => number, onRound: (round: number) => void = () => undefined): void {
    this.beginReady();
    for (let round = 0; !this.isOver(); round += 1) {
      if (round > this.stages.length * 8) throw new Error('it does not end');
      onRound(round);
      const underWay = this.stages.filter(({ state }) => isUnderWay(state.status));
      const chosen = underWay.slice(0, 1 + (pick() % Math.max(1, underWay.length)));
      this.tell({
        kind: 'ended',
        stages: chosen.map((stage) => ({ stage: stage.state, outcome: outcomeOf(stage) })),
      });
      this.beginReady();
    }
    this.run = { ...this.run, status: conclude(this.run).status };
  }

  tell(event: RunEvent): void {
    const decision = decide(this.run, event);
    this.run = decision.run;
    for (const { stage, to, attempt } of decision.changes) this.become(stage.position, to, attempt);
    for (const position of decision.released) {
      this.touched += 1;
      this.at(position).waitsFor -= 1;
    }
    if (decision.halts) this.halt();
  }

  statusOf = (position: number): StageStatus => this.at(position).state.status;

  private isOver(): boolean {
    return conclude(this.run).status !== 'running' && conclude(this.run).status !== 'waiting_approval';
  }

  private beginReady(): void {
    for (;;) {
      const ready = this.stages.filter(({ state, waitsFor }) => waitsFor === 0 && isReady(state.status));
      if (ready.length === 0) return;
      this.tell({
        kind: 'ready',
        stages: ready.map(({ state, shape }) => ({
          stage: state,
          plan: shape.isSkipped ? { kind: 'skip', reason: '' } : { kind: 'run', input: null },
        })),
      });
    }
  }

  private halt(): void {
    for (const { state } of this.stages)
      if (state.status === 'pending') this.become(state.position, 'skipped', 0);
    const underWay = this.stages.filter(({ state }) => isUnderWay(state.status)).map(({ state }) => state);
    const error = { code: 'x', message: '' };
    this.tell({
      kind: 'ended',
      stages: underWay.map((stage) => ({ stage, outcome: { kind: 'cancelled', error } })),
    });
  }

  private become(position: number, to: StageStatus, attempt: number): void {
    const stage = this.at(position);
    this.touched += 1;
    if (to === 'running' && stage.state.attempt === 0) this.order.push(position);
    if (!isReady(to) && !isUnderWay(to)) stage.endings += 1;
    stage.state = { ...stage.state, status: to, attempt };
  }

  private at(position: number): Stage {
    const stage = this.stages[position];
    if (stage === undefined) throw new Error(`no stage ${String(position)}`);
    return stage;
  }
}

const isReady = (status: StageStatus): boolean => status === 'pending' || status === 'retrying';

function outcomeOf({ shape, state }: Stage): Outcome {
  const gives = shape.gives[Math.min(state.attempt, shape.gives.length) - 1] ?? 'ok';
  if (gives === 'ok') return { kind: 'completed', output: state.position };
  return { kind: 'failed', error: { code: gives, message: '' }, isRetryable: gives === 'bad' };
}

const shapes = fc.record({
  kind: fc.constantFrom<StageState['kind']>('task', 'tool', 'approval', 'pipeline'),
  isRequired: fc.boolean(),
  onFailure: fc.constantFrom<StageState['onFailure']>('fail', 'continue'),
  retries: fc.integer({ min: 0, max: 2 }),
  gives: fc.array(fc.constantFrom<'ok' | 'bad' | 'fatal'>('ok', 'ok', 'ok', 'bad', 'fatal'), {
    maxLength: 3,
  }),
  isSkipped: fc.boolean(),
});

const graphs = fc
  .array(shapes, { minLength: 1, maxLength: 24 })
  .chain((all) =>
    fc.record({
      all: fc.constant(all),
      edges: fc.array(fc.tuple(fc.nat(all.length - 1), fc.nat(all.length - 1)), { maxLength: 60 }),
      picks: fc.array(fc.nat(7), { minLength: 1, maxLength: 20 }),
    }),
  )
  .map(({ all, edges, picks }) => {
    const forward = edges.filter(([from, to]) => from < to).map((edge) => edge.join());
    return {
      all,
      picks,
      edges: [...new Set(forward)].map((edge) => edge.split(',').map(Number) as [number, number]),
    };
  });

const pickFrom = (picks: readonly number[]): (() => number) => {
  let at = 0;
  return () => picks[at++ % picks.length] ?? 0;
};
const PLAIN: Shape = {
  ...{ kind: 'task', isRequired: true, onFailure: 'fail', retries: 0, gives: ['ok'], isSkipped: false },
};
const chain = (length: number): [number, number][] =>
  Array.from({ length: length - 1 }, (_, at) => [at, at + 1] as [number, number]);

describe('the rules of a run', () => {
  it('end every stage exactly once, whatever the graph and however stages end', () => {
    fc.assert(
      fc.property(graphs, ({ all, edges, picks }) => {
        const world = new World(all, edges);
        world.play(pickFrom(picks));
        expect(world.stages.map(({ endings }) => endings)).toEqual(all.map(() => 1));
        expect(world.run).toMatchObject({ ended: all.length, active: 0, waiting: 0 });
      }),
    );
  });

  it('begin no stage before those it waits for have ended', () => {
    fc.assert(
      fc.property(graphs, ({ all, edges, picks }) => {
        const world = new World(all, edges);
        world.play(pickFrom(picks));
        for (const [from, to] of edges) {
          const [before, after] = [world.order.indexOf(from), world.order.indexOf(to)];
          if (before >= 0 && after >= 0) expect(before).toBeLessThan(after);
        }
      }),
    );
  });

  it('fail a run with a required stage that fails for good, and only then', () => {
    fc.assert(
      fc.property(graphs, ({ all, edges, picks }) => {
        const world = new World(all, edges);
        world.play(pickFrom(picks));
        const isDeadly = (at: number): boolean =>
          all[at]?.isRequired === true && all[at].onFailure === 'fail';
        const failed = all.some((_, at) => world.statusOf(at) === 'failed' && isDeadly(at));
        expect(world.run.status).toBe(failed ? 'failed' : 'completed');
      }),
    );
  });

  it('end everything when it is cancelled in the middle, and complete nothing afterwards', () => {
    fc.assert(
      fc.property(graphs, fc.nat(10), ({ all, edges, picks }, when) => {
        const world = new World(all, edges);
        world.play(pickFrom(picks), (round) => {
          if (round === when) world.tell({ kind: 'cancel', error: { code: 'run_cancelled', message: '' } });
        });
        expect(world.stages.map(({ endings }) => endings)).toEqual(all.map(() => 1));
      }),
    );
  });

  it('are as much work as there are stages and edges', () => {
    const costOf = (length: number): number => {
      const world = new World(
        Array.from({ length }, () => PLAIN),
        chain(length),
      );
      world.play(() => 0);
      return world.touched;
    };
    expect(costOf(500)).toBe(500 * 2 + 499);
    expect(costOf(1_000)).toBe(1_000 * 2 + 999);
  });

  it('change nothing when the same end is told again', () => {
    const world = new World([PLAIN, PLAIN], chain(2));
    const [first] = world.stages;
    if (first === undefined) throw new Error('no stage');
    world.tell({ kind: 'ready', stages: [{ stage: first.state, plan: { kind: 'run', input: 1 } }] });
    const ended: RunEvent = {
      kind: 'ended',
      stages: [{ stage: first.state, outcome: { kind: 'completed', output: 1 } }],
    };
    world.tell(ended);
    const again = decide(world.run, {
      ...ended,
      stages: [{ stage: first.state, outcome: { kind: 'completed', output: 2 } }],
    });
    expect(again).toEqual({ run: world.run, changes: [], released: [], halts: false });
  });

  it('owe a compensation for the failure that asks for one, and none for a cancel', () => {
    const world = new World([{ ...PLAIN, onFailure: 'compensate', gives: ['fatal'] }], []);
    world.tell({
      kind: 'ready',
      stages: [{ stage: world.stages[0]?.state as StageState, plan: { kind: 'run', input: 1 } }],
    });
    const cancelled = decide(world.run, { kind: 'cancel', error: { code: 'run_cancelled', message: '' } });
    const outcome: Outcome = { kind: 'failed', error: { code: 'x', message: 'y' }, isRetryable: false };
    const failed = decide(world.run, {
      kind: 'ended',
      stages: [{ stage: world.stages[0]?.state as StageState, outcome }],
    });
    expect(conclude(failed.run)).toEqual({ status: 'running', compensates: true });
    expect(failed.run.ending).toEqual({
      as: 'failed',
      error: { code: 'x', message: 'Stage "s0" failed: y' },
    });
    expect(cancelled.run.compensation).toBeNull();
  });
});
