import { type InstancePhase } from '@app/contracts';
import { type JsonObject } from '@app/kernel';

export const OPERATION_KINDS = ['create', 'update', 'start', 'stop', 'restart', 'delete'] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];
export type OperationStatus = 'pending' | 'running' | 'succeeded' | 'failed' | 'cancelled';

export interface OperationStep {
  readonly name: string;
  readonly status: 'running' | 'succeeded' | 'failed';
  readonly started_at: string;
  readonly duration_ms: number | null;
  readonly message: string;
}

export interface OperationProgress {
  readonly kind: OperationKind;
  readonly generation: number;
  readonly status: OperationStatus;
  readonly progress: number;
  readonly steps: readonly OperationStep[];
  readonly error: JsonObject | null;
  readonly finishedAt: Date | null;
}

export interface PhaseReport {
  readonly generation: number;
  readonly phase: InstancePhase;
  readonly reason: string;
  readonly at: Date;
}

/** A crash loop changes phase for ever; the first steps tell the story, the last one is kept up to date. */
export const STEPS_MAX = 50;

/** How far along a way to `running` a phase is. */
const PROGRESS: Partial<Record<InstancePhase, number>> = {
  creating: 0.2,
  created: 0.4,
  starting: 0.6,
  stopping: 0.5,
};

export const isTerminal = (status: OperationStatus): boolean =>
  status === 'succeeded' || status === 'failed' || status === 'cancelled';

/** What a report makes of an operation that has not ended. Pure; answers the same object when nothing changes. */
export function advanceOperation(before: OperationProgress, report: PhaseReport): OperationProgress {
  if (isTerminal(before.status) || report.generation < before.generation) return before;
  if (report.generation > before.generation && !isDeletion(report.phase)) return cancelled(before, report);
  const verdict = verdictOf(before.kind, report);
  const steps = withStep(before.steps, report, verdict);
  if (verdict === 'running')
    return {
      ...before,
      status: 'running',
      steps,
      progress: Math.max(before.progress, PROGRESS[report.phase] ?? 0),
    };
  return {
    ...before,
    status: verdict,
    steps,
    progress: verdict === 'succeeded' ? 1 : before.progress,
    error: verdict === 'failed' ? failureOf(report) : null,
    finishedAt: report.at,
  };
}

const isDeletion = (phase: InstancePhase): boolean => phase === 'deleting' || phase === 'deleted';

type Verdict = 'running' | 'succeeded' | 'failed' | 'cancelled';

function verdictOf(kind: OperationKind, { phase }: PhaseReport): Verdict {
  // The end of the instance ends every operation, whatever it wanted.
  if (phase === 'deleted') return kind === 'delete' ? 'succeeded' : 'cancelled';
  return VERDICTS[kind][phase] ?? 'running';
}

const STARTING = { running: 'succeeded', idle: 'succeeded', failed: 'failed' } as const;
/** The phases that end an operation; all others are on the way. */
const VERDICTS: Readonly<Record<OperationKind, Partial<Record<InstancePhase, Verdict>>>> = {
  create: STARTING,
  start: STARTING,
  restart: STARTING,
  // A change of what is wanted stopped has nothing to start.
  update: { ...STARTING, stopped: 'succeeded' },
  stop: { stopped: 'succeeded' },
  delete: {},
};

const cancelled = (before: OperationProgress, { at }: PhaseReport): OperationProgress => ({
  ...before,
  status: 'cancelled',
  finishedAt: at,
  error: {
    type: '/problems/operation_superseded',
    status: 409,
    code: 'operation_superseded',
    title: 'A later change took its place',
    detail: 'The instance was changed again before this had finished.',
  },
});

/** A failed start is tried again for ever; the operation ends with the first failure, because somebody waits for it. */
const failureOf = ({ reason }: PhaseReport): JsonObject => ({
  type: '/problems/instance_failed',
  status: 502,
  code: 'instance_failed',
  title: 'The instance failed',
  detail: reason,
});

function withStep(
  steps: readonly OperationStep[],
  { phase, reason, at }: PhaseReport,
  verdict: OperationStatus,
): readonly OperationStep[] {
  const last = steps.at(-1);
  const isEnd = verdict !== 'running';
  const status = verdict === 'failed' ? 'failed' : isEnd ? 'succeeded' : 'running';
  const current = { name: phase, status, message: reason } as const;
  if (last?.name === phase) return [...steps.slice(0, -1), { ...last, ...current }];
  const closed = last === undefined ? [] : [...steps.slice(0, -1), close(last, at)];
  const step = { ...current, started_at: at.toISOString(), duration_ms: isEnd ? 0 : null };
  return [...closed.slice(0, STEPS_MAX - 1), step];
}

const close = (step: OperationStep, at: Date): OperationStep => ({
  ...step,
  status: step.status === 'running' ? 'succeeded' : step.status,
  duration_ms: Math.max(0, at.getTime() - Date.parse(step.started_at)),
});
