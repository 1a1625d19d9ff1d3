import { type Handed, type Told, type WorkHistory } from './work-history';

/** A task as the database has it in the end. */
export interface TaskRecord {
  readonly id: string;
  readonly status: string;
  readonly result: { readonly by?: string } | null;
  readonly attempt: number;
  readonly retry_count: number;
  /** Names of its events that say that it is over. */
  readonly ends: readonly string[];
  /** Rows of attempts: leases that were given. */
  readonly leases: number;
  /** Leases that ended as completed. */
  readonly completions: number;
}

const TERMINAL: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled']);
/** Enough to see what went wrong. */
const SHOWN = 20;

/** What of the promises to whoever submits and whoever works does not hold; empty: all of it holds. */
export function brokenWorkPromises(history: WorkHistory, tasks: readonly TaskRecord[]): readonly string[] {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const handedOf = grouped(history.handed);
  const toldOf = grouped(history.told);
  return [
    ...history.submitted.filter((id) => !byId.has(id)).map((id) => `${id} was accepted and is gone`),
    ...tasks.flatMap((task) => endsOnce(task)),
    ...tasks.flatMap((task) => settledOnce(task, toldOf.get(task.id) ?? [])),
    ...tasks.flatMap((task) => handedOnce(task, handedOf.get(task.id) ?? [])),
  ].slice(0, SHOWN);
}

function endsOnce({ id, status, ends, attempt, retry_count: retries }: TaskRecord): readonly string[] {
  return [
    ...(TERMINAL.has(status) ? [] : [`${id} is ${status}`]),
    ...(ends.length === 1 && ends[0] === `task.${status}`
      ? []
      : [`${id} is ${status} and ended as ${ends.join()}`]),
    ...(attempt > retries + 1 ? [`${id} was tried ${String(attempt)} times of ${String(retries + 1)}`] : []),
  ];
}

/** One result counts, it is that of whoever was told so, and nobody else was. */
function settledOnce(
  { id, status, result, completions }: TaskRecord,
  told: readonly Told[],
): readonly string[] {
  const tokensOf = (answer: Told['answer']): readonly string[] =>
    told
      .filter((one) => one.kind === 'complete' && one.answer === answer)
      .map(({ leaseToken }) => leaseToken);
  const [taken, unknown] = [tokensOf('acknowledged'), tokensOf('unknown')];
  const by = result?.by ?? '';
  if (status !== 'completed') return taken.length > 0 ? [`${id} was taken and is ${status}`] : [];
  return [
    ...(taken.length > 1 ? [`${id} was taken ${String(taken.length)} times`] : []),
    ...(completions === 1 ? [] : [`${id} completed ${String(completions)} leases`]),
    ...([...taken, ...unknown].includes(by) ? [] : [`${id} has a result of nobody`]),
    ...(taken.length === 1 && taken[0] !== by ? [`${id} has another's result`] : []),
  ];
}

/** One lease is one agent's, once. */
function handedOnce({ id, leases }: TaskRecord, handed: readonly Handed[]): readonly string[] {
  const tokens = handed.map(({ leaseToken }) => leaseToken);
  return [
    ...(new Set(tokens).size === tokens.length ? [] : [`${id}: one lease was given twice`]),
    ...(tokens.length > leases
      ? [`${id}: ${String(tokens.length)} leases, of which ${String(leases)} are known`]
      : []),
  ];
}

function grouped<Row extends { readonly taskId: string }>(
  rows: readonly Row[],
): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.taskId);
    if (group === undefined) groups.set(row.taskId, [row]);
    else group.push(row);
  }
  return groups;
}
