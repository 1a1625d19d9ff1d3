import { Injectable } from '@nestjs/common';
import { Database, prepared } from '@app/database';
import { candidatesOf } from './matching/candidates-of';
import { lanesToServe, matchTasks, type Situation } from './matching/match-tasks';
import { type Assignment, type Candidate, type QueuedTask } from './matching/model';
import { ClaimRows } from './persistence/claim-rows';
import { LookRows } from './persistence/look-rows';
import { type FoundTask, QueueRows } from './persistence/queue-rows';
import { Situations } from './situations';
import { startedEntry } from './started-entry';

/** Lanes that one pass looks at; the next goes on behind them. */
const LANES_MAX = 1_000;
/** Tasks that one pass gives out: what waits behind its locks waits for that many. */
const TASKS_MAX = 200;
/** Rows that one pass reads, over all lanes. */
const ROWS_MAX = 2_000;

const ALONE = prepared(
  `SELECT pg_advisory_xact_lock(hashtextextended('dispatch', 0)), set_config('enable_seqscan', 'off', true),
          (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now`,
);

/** A task that was given out. */
export interface ClaimedTask {
  readonly priority: string;
  readonly askId: string | null;
  /** How long it was due already. */
  readonly waitedS: number;
}

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
    private readonly looks: LookRows,
    private readonly queue: QueueRows,
    private readonly situations: Situations,
    private readonly claims: ClaimRows,
  ) {}

  /** Nothing waits: there is nothing to look at. */
  isEmpty(): Promise<boolean> {
    return this.queue.isEmpty();
  }

  run(afterLane: string): Promise<PassResult> {
    return this.db.transaction(async () => {
      const nowMs = await this.alone();
      const look = await this.looks.behind(afterLane, LANES_MAX);
      const { heads } = look;
      const due = heads.filter(({ dueMs }) => dueMs <= nowMs);
      const agents = candidatesOf(look.agents, look.asks, nowMs).filter(({ offers }) => offers.length > 0);
      const soonestMs = soonest([
        ...heads.map(({ dueMs }) => (dueMs > nowMs ? dueMs : undefined)),
        ...(due.length === 0 ? [] : agents.map(opensMs(nowMs))),
      ]);
      const looked = {
        nowMs,
        lastLane: heads.length === LANES_MAX ? heads.at(-1)?.lane : undefined,
        nextMs: soonestMs,
      };
      const reachable = due.filter(({ executor }) => executor === 'gateway' || agents.some(isOpen(nowMs)));
      if (reachable.length === 0) return { ...looked, claimed: [], isCutShort: false };
      const situation = this.situations.made({ ...look, tasks: reachable, agents, nowMs });
      return { ...looked, ...(await this.give(reachable, situation)) };
    });
  }

  /**
   * The plan must not depend on when statistics were gathered last: this table goes from empty to full and back in seconds.
   */
  private async alone(): Promise<number> {
    const [row] = await this.db.query<{ now: number }>(ALONE);
    return row?.now ?? 0;
  }

  private async give(
    due: readonly QueuedTask[],
    situation: Situation,
  ): Promise<Pick<PassResult, 'claimed' | 'isCutShort'>> {
    const lanes = lanesToServe(due, situation);
    if (lanes.length === 0) return { claimed: [], isCutShort: false };
    const ofEach = Math.min(TASKS_MAX, Math.max(1, Math.floor(ROWS_MAX / lanes.length)));
    const tasks = await this.queue.firstOfEach(lanes, ofEach);
    const assignments = matchTasks(tasks, situation, TASKS_MAX);
    const claimed = await this.claim(assignments, situation.nowMs);
    const isCutShort = claimed.length > 0 && (assignments.length === TASKS_MAX || isFull(tasks, ofEach));
    return { claimed, isCutShort };
  }

  private async claim(
    assignments: readonly Assignment<FoundTask>[],
    nowMs: number,
  ): Promise<readonly ClaimedTask[]> {
    if (assignments.length === 0) return [];
    const now = new Date(nowMs);
    const told = assignments.map((assignment) => startedEntry(assignment, now));
    const claimed = await this.claims.claim(assignments, told);
    return assignments
      .filter(({ task }) => claimed.has(task.id))
      .map(({ task, askId }) => ({
        ...{ priority: task.priority, askId },
        waitedS: Math.max(0, nowMs - task.dueMs) / 1_000,
      }));
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
