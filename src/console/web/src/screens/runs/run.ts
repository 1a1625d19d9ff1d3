import { type components } from '~/api/schema.gen';

export type Run = components['schemas']['RunDto'];
export type Stage = components['schemas']['RunStageDto'];

const OVER: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled']);

export const isOver = ({ status }: Pick<Run, 'status'>): boolean => OVER.has(status);

export const shortId = (id: string): string => id.slice(0, 8);

/** Worst first: what a person has to look at stands before what only goes on. */
const ATTENTION = ['failed', 'retrying', 'waiting_approval', 'running'] as const;

/** The stage whose panel is open while nobody picked one: the failed one by itself, else where the work is. */
export function stageToShow(stages: readonly Stage[]): Stage | undefined {
  const found = ATTENTION.map((word) => stages.find(({ status }) => status === word)).find(Boolean);
  return found ?? stages.findLast(({ status }) => status === 'completed') ?? stages[0];
}

/** Compensations are shown behind the stages, and are none of those that a run has to do. */
export const ofDefinition = ({ stages }: Pick<Run, 'stages'>): readonly Stage[] =>
  stages.filter(({ compensates }) => compensates === null);

/** Members of a frame about a run that a page shows before it has asked again. */
export interface RunFrame {
  readonly run_id?: unknown;
  readonly event?: unknown;
  readonly status?: unknown;
  readonly stage?: unknown;
  readonly attempt?: unknown;
  readonly progress?: unknown;
  readonly current_stage?: unknown;
  readonly completed_stages?: unknown;
  readonly error?: unknown;
  readonly timestamp?: unknown;
}

const STATUS_OF_EVENT: Readonly<Record<string, Stage['status']>> = {
  'pipeline.stage.started': 'running',
  'pipeline.stage.retrying': 'retrying',
  'pipeline.stage.completed': 'completed',
  'pipeline.stage.failed': 'failed',
  'pipeline.stage.skipped': 'skipped',
  'pipeline.stage.waiting_approval': 'waiting_approval',
};
const ENDS: ReadonlySet<string> = new Set(['completed', 'failed', 'skipped']);

/** The run after a frame: state at once; documents, attempts and reasons come with the next answer. */
export function patched(run: Run, frame: RunFrame): Run {
  if (frame.run_id !== run.run_id) return run;
  const about = {
    ...(typeof frame.status === 'string' ? { status: frame.status as Run['status'] } : {}),
    ...(typeof frame.progress === 'number' ? { progress: frame.progress } : {}),
    ...(Array.isArray(frame.completed_stages)
      ? { completed_stages: frame.completed_stages as number[] }
      : {}),
    ...(frame.current_stage === undefined ? {} : { current_stage: frame.current_stage as number | null }),
  };
  const status = STATUS_OF_EVENT[String(frame.event)];
  if (status === undefined) return { ...run, ...about };
  return {
    ...run,
    ...about,
    stages: run.stages.map((stage) => (stage.stage === frame.stage ? after(stage, status, frame) : stage)),
  };
}

function after(stage: Stage, status: Stage['status'], frame: RunFrame): Stage {
  const at = typeof frame.timestamp === 'string' ? frame.timestamp : null;
  return {
    ...stage,
    status,
    ...(status === 'running' ? { started_at: stage.started_at ?? at, due_at: null } : {}),
    ...(ENDS.has(status) ? { finished_at: stage.finished_at ?? at, due_at: null } : {}),
    ...(frame.error == null ? {} : { error: frame.error as Stage['error'] }),
  };
}

/** What every error of a run or stage has. */
export function wordsOf(error: unknown): { readonly code: string; readonly message: string } | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, message } = error as { code?: unknown; message?: unknown };
  return { code: typeof code === 'string' ? code : '', message: typeof message === 'string' ? message : '' };
}

/** Text of a form as a JSON object, or undefined where it is none. */
export function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
