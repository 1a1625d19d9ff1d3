import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type AgentStatus, type AgentType } from '../domain/agent';
import { type Pace } from '../domain/pace';
import { noteHeartbeats } from '../presence/heartbeat-rows';
import { PaceKeeper } from '../presence/pace-keeper';

/** Also in the database's function agent_holds (migration 2200). */
const BLIND_AFTER_S = 10;
/** Those beyond are called lost by the next pass. */
const LOST_AT_ONCE = 500;

export interface LostAgent {
  readonly agentId: string;
  readonly workspaceId: string;
  readonly name: string;
  readonly type: AgentType;
  readonly capabilities: readonly string[];
  readonly status: AgentStatus;
  readonly currentLoad: number;
}

export interface Seen {
  readonly missed: number;
  readonly lost: readonly LostAgent[];
  readonly counts: ReadonlyMap<string, number>;
}

const PRESENT = `status IN ('active', 'draining')`;

const GLANCE = `
  WITH signed AS (
    UPDATE agent_watch SET watched_at = now()
     WHERE watched_at >= now() - interval '${String(BLIND_AFTER_S)} seconds' RETURNING 1
  )
  SELECT set_config('synchronous_commit', 'off', true) IS NULL
         OR NOT EXISTS (SELECT FROM signed)
         OR EXISTS (SELECT FROM agent a LEFT JOIN agent_presence p ON p.agent_id = a.id
                     WHERE ${PRESENT} AND (p.agent_id IS NULL OR p.expected_by < now() OR p.lease_until < now()))
           AS "isToDo",
         (SELECT jsonb_object_agg(status, count)
            FROM (SELECT status, count(*)::int AS count FROM agent GROUP BY status) c) AS counts`;

/** The statements of whoever watches; all of one pass in one transaction. */
@Injectable()
export class WatchRows {
  constructor(
    private readonly db: Database,
    private readonly pace: PaceKeeper,
  ) {}

  /** Says that somebody watches, unless nobody did for too long, and answers whether there is anything else to do. */
  async glance(): Promise<{
    readonly isToDo: boolean;
    readonly counts: Readonly<Record<string, number>> | null;
  }> {
    const [row] = await this.db.query<{ isToDo: boolean; counts: Readonly<Record<string, number>> | null }>(
      GLANCE,
    );
    return row ?? { isToDo: true, counts: null };
  }

  /** undefined: another process is at it. Nobody waits for what is looked at again in a moment. */
  async look(): Promise<Seen | undefined> {
    if (!(await this.begin())) return undefined;
    const pace = await this.pace.pace();
    await this.believe(pace, await this.sign());
    const missed = await this.countMissed(pace);
    return { missed, lost: await this.lose(), counts: await this.countByStatus() };
  }

  private async begin(): Promise<boolean> {
    const [row] = await this.db.query<{ mine: boolean }>(
      `SELECT pg_try_advisory_xact_lock(hashtextextended('agents.watch', 0)) AS mine,
              set_config('synchronous_commit', 'off', true)`,
    );
    return row?.mine === true;
  }

  /** Says that somebody watches; answers whether nobody did for too long to know who was there meanwhile. */
  private async sign(): Promise<boolean> {
    const [row] = await this.db.query<{ wasBlind: boolean }>(
      `WITH before AS (SELECT watched_at FROM agent_watch)
       UPDATE agent_watch SET watched_at = now()
       RETURNING (SELECT watched_at < now() - interval '${String(BLIND_AFTER_S)} seconds' FROM before) AS "wasBlind"`,
    );
    return row?.wasBlind === true;
  }

  /** A new term for those of whom nothing is known, and, where nobody watched, for all: they could not be heard. */
  private async believe({ leaseS, missedAfterS }: Pace, wasBlind: boolean): Promise<void> {
    await this.db.execute(
      `INSERT INTO agent_presence AS p (agent_id, lease_until, expected_by)
       SELECT id, now() + $1::float8 * interval '1 second', now() + $2::float8 * interval '1 second'
         FROM agent a
        WHERE status IN ('active', 'draining')
          AND ($3::boolean OR NOT EXISTS (SELECT FROM agent_presence WHERE agent_id = a.id))
        ORDER BY id
       ON CONFLICT (agent_id) DO UPDATE SET lease_until = greatest(p.lease_until, excluded.lease_until),
                                            expected_by = greatest(p.expected_by, excluded.expected_by)`,
      [leaseS, missedAfterS, wasBlind],
    );
  }

  /** How many heartbeats were due since the last pass and did not come. */
  private async countMissed({ missedAfterS }: Pace): Promise<number> {
    return this.db.execute(
      `WITH late AS (
         SELECT p.agent_id FROM agent_presence p JOIN agent a ON a.id = p.agent_id
          WHERE a.status IN ('active', 'draining') AND p.expected_by < now()
          ORDER BY p.agent_id FOR UPDATE OF p
       ), noted AS (${noteHeartbeats('SELECT agent_id, NULL::real AS load FROM late', '0')}
       )
       UPDATE agent_presence p SET expected_by = now() + $1::float8 * interval '1 second'
         FROM late WHERE p.agent_id = late.agent_id`,
      [missedAfterS],
    );
  }

  /** Both rows are locked before the lease is judged: a heartbeat that comes at the same moment wins. */
  private async lose(): Promise<readonly LostAgent[]> {
    return this.db.query<LostAgent>(
      `WITH silent AS (
         SELECT a.id, p.current_load FROM agent a JOIN agent_presence p ON p.agent_id = a.id
          WHERE a.status IN ('active', 'draining') AND p.lease_until < now()
          ORDER BY a.id LIMIT ${String(LOST_AT_ONCE)} FOR UPDATE OF p, a SKIP LOCKED
       )
       UPDATE agent a
          SET status = CASE WHEN drained_by = 'agent' THEN 'offline' ELSE 'lost' END, status_since = now(),
              status_reason = CASE WHEN drained_by = 'agent' THEN 'It ended, as it had announced.'
                                   ELSE 'It was not heard of for a whole term.' END
         FROM silent s WHERE a.id = s.id
       RETURNING a.id AS "agentId", a.workspace_id AS "workspaceId", a.name, a.type, a.capabilities, a.status,
                 s.current_load AS "currentLoad"`,
    );
  }

  private async countByStatus(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.db.query<{ status: string; count: number }>(
      `SELECT status, count(*)::int AS count FROM agent GROUP BY status`,
    );
    return new Map(rows.map(({ status, count }) => [status, count]));
  }
}
