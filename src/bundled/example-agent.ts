import { type AgentOptions, type Json, type JsonMap, type TaskContext, TaskFailure } from '@app/agent-kit';

/** The types of the six-stage process; the agent can do each of them and says so. */
const SIX_STAGES = [
  'data-ingestion',
  'transformation',
  'analysis',
  'validation',
  'processing',
  'output',
] as const;
type StageType = (typeof SIX_STAGES)[number];

/** Each stage shows three steps, so that there is something to see. */
const STEPS = 3;
const ROWS_MAX = 100;
/** More than anybody watches. */
const STAGE_SECONDS_MAX = 30;

type Row = JsonMap;

/**
 * What each stage does with the rows of the one before: little, the same for the same input, and enough to see data pass.
 * Whoever writes `fail: true` into the input of a stage sees it fail, with `fail: "retry"` also tried again; `fail_at` in
 * the input of a run names a type that fails so. `stage_seconds` among its parameters makes each stage take its time.
 */
const WORK: Readonly<Record<StageType, (payload: JsonMap) => JsonMap>> = {
  'data-ingestion': (payload) => {
    const rows = rowsOf(payload);
    return { rows, count: rows.length, source: sourceOf(payload) };
  },
  transformation: (payload) => {
    const rows = rowsOf(payload).map((row) => ({ ...row, value: Number(row['value'] ?? 0) * 2 }));
    return { rows, count: rows.length };
  },
  analysis: (payload) => {
    const rows = rowsOf(payload);
    return { rows, count: rows.length, ...summaryOf(rows) };
  },
  validation: (payload) => {
    const rows = rowsOf(payload);
    const valid = rows.filter((row) => Number.isFinite(Number(row['value'])));
    return { rows: valid, valid: valid.length === rows.length, rejected: rows.length - valid.length };
  },
  processing: (payload) => {
    const rows = rowsOf(payload).map((row) => ({ ...row, processed: true }));
    return { rows, processed: rows.length };
  },
  output: (payload) => {
    const rows = rowsOf(payload);
    return { delivered: rows.length, ...summaryOf(rows), rows };
  },
};

/** Does the six types of tasks of the bundled template, so that it runs on a first start. */
export const exampleAgent = (at: Pick<AgentOptions, 'url' | 'key' | 'log' | 'onToken'>): AgentOptions => ({
  ...at,
  name: 'example-agent',
  description: 'Bundled: does the tasks of the six-stage template with numbers it makes up.',
  capabilities: SIX_STAGES,
  graceS: 2,
  tasks: Object.fromEntries(SIX_STAGES.map((type) => [type, (task: TaskContext) => perform(task, type)])),
});

async function perform(task: TaskContext, type: StageType): Promise<Json> {
  const { payload } = task;
  task.log(`${type} begins, attempt ${String(task.attempt)}`);
  const wish = memberOf(payload['input'], 'fail_at') === type ? 'retry' : payload['fail'];
  if (wish === true || wish === 'retry')
    throw new TaskFailure('EXECUTION_ERROR', 'The input asked for a failure.', wish === 'retry');
  const stepMs = (1_000 * secondsOf(payload)) / STEPS;
  for (let step = 1; step <= STEPS; step += 1) {
    // Others have their turn between the steps, and a cancellation is heard.
    await pause(stepMs, task.signal);
    if (task.signal.aborted) throw new TaskFailure('cancelled', 'It was stopped.', false);
    task.progress(step / (STEPS + 1), `step ${String(step)} of ${String(STEPS)}`);
  }
  const result = WORK[type](payload);
  task.log(`${type} is done`);
  return result;
}

/** Ends early when the task is stopped. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}

function secondsOf(payload: JsonMap): number {
  const wanted = Number(memberOf(payload['parameters'], 'stage_seconds') ?? 0);
  return Number.isFinite(wanted) ? Math.min(Math.max(wanted, 0), STAGE_SECONDS_MAX) : 0;
}

const memberOf = (value: Json | undefined, name: string): Json | undefined =>
  isMap(value) ? value[name] : undefined;

/** The rows of the stage before, wherever they stand; of a first stage as many as its source is long. */
function rowsOf(payload: JsonMap): readonly Row[] {
  const found = rowsIn(payload) ?? rowsIn(payload['input']) ?? rowsIn(payload['data']) ?? rowsBefore(payload);
  if (found !== undefined) return found.slice(0, ROWS_MAX);
  const count = (sourceOf(payload).length % 9) + 1;
  return Array.from({ length: count }, (_, at) => ({ id: at + 1, value: at + 1 }));
}

/** A stage that says nothing of its input gets the outputs of the stages right before it. */
function rowsBefore({ stages }: JsonMap): readonly Row[] | undefined {
  return isMap(stages) ? Object.values(stages).map(rowsIn).find(Boolean) : undefined;
}

function rowsIn(value: Json | undefined): readonly Row[] | undefined {
  const rows = isMap(value) ? value['rows'] : undefined;
  return Array.isArray(rows) ? (rows as readonly Json[]).filter(isMap) : undefined;
}

function sourceOf(payload: JsonMap): string {
  const { source, data_source, input } = payload;
  const named = [source, data_source, memberOf(input, 'source')].find((one) => typeof one === 'string');
  return typeof named === 'string' ? named : 'made up';
}

function summaryOf(rows: readonly Row[]): JsonMap {
  const values = rows.map((row) => Number(row['value'] ?? 0));
  const sum = values.reduce((total, value) => total + value, 0);
  return { sum, mean: values.length === 0 ? 0 : sum / values.length };
}

const isMap = (value: Json | undefined): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
