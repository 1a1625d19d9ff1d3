import { type DomainEvent } from '@app/kernel';
import { type LoadedPipeline } from '../definitions';
import { conclude, decide, type RunEvent, type StageChange } from './decide';
import { runEvent, type RunFacts, stageEvent } from './run-events';
import { graphOf } from './run-graph';
import { type LockedRun } from './run-rows';
import { isOver, type RunState, type StageError, type StageState, type StageStatus } from './run-state';
import { type Piece, pieceOf } from './stage-plan';
import { type StageRow } from './stage-rows';

/** What has become of a run in one transaction, before it is stored. Pure: it decides and remembers, others read and write. */
export class Turn {
  /** Some of it has to be stopped. */
  halts = false;
  state: RunState;
  readonly changes: StageChange[] = [];
  private readonly rows = new Map<string, StageRow>();
  private readonly noted: ((facts: RunFacts) => DomainEvent)[] = [];
  private readonly definition: LoadedPipeline['definition'];

  constructor(
    readonly run: LockedRun,
    pipeline: LoadedPipeline,
  ) {
    this.definition = pipeline.definition;
    this.state = run;
  }

  /** Answers what is to be stored of it at once: what follows is read from there. */
  take(event: RunEvent): { readonly changes: readonly StageChange[]; readonly released: readonly number[] } {
    const { run, changes, released, halts } = decide(this.state, event);
    this.state = run;
    this.halts ||= halts;
    this.changes.push(...changes);
    return { changes, released };
  }

  /** Whether what completed has to be undone before the end. */
  get owesCompensation(): boolean {
    return conclude(this.state).compensates;
  }

  /** The stages that know how to be undone, by position. */
  compensations(): ReadonlyMap<number, 'task' | 'tool'> {
    this.state = { ...this.state, compensation: 'running' };
    return new Map(
      this.definition.stages.flatMap(({ compensation }, position) =>
        compensation === undefined ? [] : [[position, compensation.runs.kind] as const],
      ),
    );
  }

  /** Where something is left to do at once, nothing is over yet. */
  conclude(hasMore: boolean): void {
    this.state = { ...this.state, status: hasMore ? 'running' : conclude(this.state).status };
  }

  rowOf({ id }: Pick<StageState, 'id'>): StageRow {
    const row = this.rows.get(id);
    if (row === undefined) throw new RangeError(`stage ${id} was not read in this turn`);
    return row;
  }

  pieceOf({ position, compensates }: Pick<StageRow, 'position' | 'compensates'>): Piece {
    return pieceOf(this.definition, position, compensates);
  }

  stageOf(row: StageRow): StageState {
    const { id, position, name, kind, status, attempt, compensates } = row;
    const stage = this.definition.stages[compensates ?? position];
    if (stage === undefined) throw new RangeError(`the version has no stage ${String(position)}`);
    const isCompensation = compensates !== null;
    this.rows.set(id, row);
    return {
      ...{ id, position, name, kind, status, attempt, isCompensation },
      retries: stage.retry.count,
      // Compensations stand in a row.
      children: isCompensation ? [position + 1] : (graphOf(this.definition).children[position] ?? []),
      isRequired: stage.required,
      onFailure: stage.onFailure,
    };
  }

  retryDelayS({ position, compensates }: Pick<StageRow, 'position' | 'compensates'>): number {
    return this.definition.stages[compensates ?? position]?.retry.delayS ?? 0;
  }

  get completed(): readonly number[] {
    return this.changes
      .filter(({ to, stage }) => to === 'completed' && !stage.isCompensation)
      .map(({ stage }) => stage.position);
  }

  /** Something that somebody did, to be told with what the run has become by it. */
  note(eventOf: (facts: RunFacts) => DomainEvent): void {
    this.noted.push(eventOf);
  }

  /** What people did. */
  deeds(currentStage: number | null): readonly DomainEvent[] {
    return this.noted.map((eventOf) => eventOf(this.facts(currentStage)));
  }

  /** What followed, in the order in which it happened; the run's own last. */
  events(currentStage: number | null): readonly DomainEvent[] {
    const facts = this.facts(currentStage);
    const ofStages = this.changes.flatMap(({ stage, to, attempt, error }) => {
      const happened = HAPPENED[to];
      const about = { id: stage.id, position: stage.position, name: stage.name, attempt };
      return happened === undefined ? [] : [stageEvent(happened, facts, { ...about, error })];
    });
    return [...ofStages, ...this.ofRun(facts)];
  }

  private ofRun(facts: RunFacts): readonly DomainEvent[] {
    const { status, ending, ended } = this.state;
    const error: StageError | null = ending?.error ?? null;
    if (isOver(status)) return [runEvent(status as 'completed' | 'failed' | 'cancelled', facts, error)];
    const isMoved = ended !== this.run.ended || status !== this.run.status;
    return isMoved ? [runEvent('progressed', facts)] : [];
  }

  private facts(currentStage: number | null): RunFacts {
    const { id, pipelineId, pipelineName, version, parentRunId, completedStages, total } = this.run;
    return {
      ...{ id, pipelineId, pipelineName, version, parentRunId, total, currentStage },
      status: this.state.status,
      completedStages: [...completedStages, ...this.completed],
    };
  }
}

/** What is told of a stage. */
const HAPPENED: Readonly<
  Partial<
    Record<StageStatus, 'started' | 'retrying' | 'completed' | 'failed' | 'skipped' | 'waiting_approval'>
  >
> = {
  running: 'started',
  retrying: 'retrying',
  completed: 'completed',
  failed: 'failed',
  skipped: 'skipped',
  waiting_approval: 'waiting_approval',
};
