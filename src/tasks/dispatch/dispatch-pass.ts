import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { EventAppender } from '@app/outbox';
import { lanesToServe, matchTasks } from './matching/match-tasks';
import { type Candidate, type QueuedTask } from './matching/model';
import { type ClaimedTask, ClaimRows } from './persistence/claim-rows';
import { QueueRows } from './persistence/queue-rows';
import { Situations } from './situations';
import { startedEntry } from './started-entry';

/** Lanes that one pass looks at; the next goes on behind them. */
const LANES_MAX = 1_000;
/** Tasks that one pass gives out: what waits behind its locks waits for that many. */
const TASKS_MAX = 200;
/** Rows that one pass reads, over all lanes. */
const ROWS_MAX = 2_000;

export interface PassResult {
  readonly claimed: readonly ClaimedTask[];
  /** Lanes behind this one were not looked at; undefined: there are none. */
  readonly lastLane: string | undefined;
  /** Out of the same lanes more could be given. */
  readonly isCutShort: boolean;
  /** When something will be due, or an agent will be open again, as far as it is known. */
  readonly nextMs: number | undefined;
  readonly nowMs: number;
}

/**
 * One look at what waits: read, decide, write, in one transaction that no other pass overlaps. So what runs only becomes
 * more by this pass, and limits are exact: what it counted can only have become less.
 */
@Injectable()
export class DispatchPass {
  constructor(
    private readonly db: Database,
    private readonly queue: QueueRows,
    private readonly situations: Situations,
    private readonly claims: ClaimRows,
    private readonly events: EventAppender,
  ) {}

  run(afterLane: string): Promise<PassResult> {
    return this.db.transaction(async () => {
      const nowMs = await this.alone();
      const heads = await this.queue.heads(afterLane, LANES_MAX);
      const due = heads.filter(({ dueMs }) => dueMs <= nowMs);
      const looked = {
        nowMs,
        lastLane: heads.length === LANES_MAX ? heads.at(-1)?.lane : undefined,
        nextMs: soonest(heads.map(({ dueMs }) => dueMs).filter((dueMs) => dueMs > nowMs)),
      };
      const agents = due.length === 0 ? [] : await this.situations.offering(nowMs);
      const reachable = due.filter(({ executor }) => executor === 'gateway' || agents.some(isOpen(nowMs)));
      const nextMs = soonest([looked.nextMs, ...agents.map(opensMs(nowMs))]);
      if (reachable.length === 0) return { ...looked, nextMs, claimed: [], isCutShort: false };
      return { ...looked, nextMs, ...(await this.give(reachable, agents, nowMs)) };
    });
  }

  /**
   * The plan must not depend on when statistics were gathered last: this table goes from empty to full and back in seconds.
   */
  private async alone(): Promise<number> {
    const [row] = await this.db.query<{ now: number }>(
      `SELECT pg_advisory_xact_lock(hashtextextended('dispatch', 0)), set_config('enable_seqscan', 'off', true),
              (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now`,
    );
    return row?.now ?? 0;
  }

  private async give(
    due: readonly QueuedTask[],
    agents: readonly Candidate[],
    nowMs: number,
  ): Promise<Pick<PassResult, 'claimed' | 'isCutShort'>> {
    const situation = await this.situations.of(due, agents, nowMs);
    const lanes = lanesToServe(due, situation);
    if (lanes.length === 0) return { claimed: [], isCutShort: false };
    const ofEach = Math.min(TASKS_MAX, Math.max(1, Math.floor(ROWS_MAX / lanes.length)));
    const tasks = await this.queue.firstOfEach(lanes, ofEach);
    const assignments = matchTasks(tasks, situation, TASKS_MAX);
    const claimed = assignments.length === 0 ? [] : await this.claims.claim(assignments, nowMs);
    await this.events.appendEach(claimed.map((task) => startedEntry(task, new Date(nowMs))));
    const isCutShort = claimed.length > 0 && (assignments.length === TASKS_MAX || isFull(tasks, ofEach));
    return { claimed, isCutShort };
  }
}

const isOpen =
  (nowMs: number) =>
  ({ closedUntilMs }: Candidate): boolean =>
    (closedUntilMs ?? 0) <= nowMs;

const opensMs =
  (nowMs: number) =>
  ({ closedUntilMs }: Candidate): number | undefined =>
    closedUntilMs !== null && closedUntilMs > nowMs ? closedUntilMs : undefined;

function soonest(times: readonly (number | undefined)[]): number | undefined {
  let soonestMs: number | undefined;
  for (const time of times) if (time !== undefined && time < (soonestMs ?? Infinity)) soonestMs = time;
  return soonestMs;
}

/** Whether some lane had as many as were read of each. */
function isFull(tasks: readonly QueuedTask[], ofEach: number): boolean {
  const counts = new Map<string, number>();
  for (const { lane } of tasks) counts.set(lane, (counts.get(lane) ?? 0) + 1);
  return [...counts.values()].some((count) => count === ofEach);
}
