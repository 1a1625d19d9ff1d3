import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type Passed } from '../domain/overdue';
import { LEASE_TERM_S } from '../domain/task';
import { LOCKED_COLUMNS, type LockedTask } from './task-facts';

export type DueTask = LockedTask & Passed;

const PASSED = `
  coalesce(t.cancel_deadline <= now(), false) AS cancel, coalesce(t.total_deadline <= now(), false) AS total,
  coalesce(t.run_deadline <= now() AND t.status = 'running', false) AS run,
  coalesce(t.queue_deadline <= now() AND t.status <> 'running', false) AS queue,
  coalesce(t.lease_until <= now() AND t.status = 'running', false) AS lease,
  coalesce(t.assigned_agent IS NOT NULL AND agent_holds(t.assigned_agent), false) AS "isHeld"`;

/** What somebody else is just changing is left to them: the next look finds it if it still has to be. */
const DUE = `
  SELECT ${LOCKED_COLUMNS}, ${PASSED}, false AS "isAgentGone" FROM task t
   WHERE t.next_deadline <= now() ORDER BY t.next_deadline LIMIT $1 FOR UPDATE OF t SKIP LOCKED`;

/** Agents are few, and each is looked up once, however many tasks it has. */
const GONE = `
  SELECT h.id FROM (SELECT DISTINCT assigned_agent AS id FROM task
                     WHERE status = 'running' AND assigned_agent IS NOT NULL) h
   WHERE NOT EXISTS (SELECT FROM agent a WHERE a.id = h.id AND a.status NOT IN ('lost', 'offline'))`;
const ORPHANED = `
  SELECT ${LOCKED_COLUMNS}, ${PASSED}, true AS "isAgentGone" FROM task t
   WHERE t.status = 'running' AND t.assigned_agent = ANY (ARRAY(${GONE}))
   LIMIT $1 FOR UPDATE OF t SKIP LOCKED`;

const OUTLOOK = `
  SELECT (extract(epoch FROM (SELECT min(next_deadline) FROM task) - now()) * 1000)::float8 AS "dueMs",
         EXISTS (${GONE}) AS "isAnyOrphaned"`;

const RENEW = `
  UPDATE task SET lease_until = now() + interval '${LEASE_TERM_S} seconds'
   WHERE id = ANY ($1::uuid[]) AND status = 'running'`;

/** Finds tasks whose time it is; what it answers is locked. */
@Injectable()
export class ReaperRows {
  constructor(private readonly db: Database) {}

  /** Until a deadline passes, null: there is none; and whether somebody holds tasks who is gone. */
  async outlook(): Promise<{ readonly dueMs: number | null; readonly isAnyOrphaned: boolean }> {
    const [row] = await this.db.query<{ dueMs: number | null; isAnyOrphaned: boolean }>(OUTLOOK);
    return row ?? { dueMs: null, isAnyOrphaned: false };
  }

  due(limit: number): Promise<readonly DueTask[]> {
    return this.db.query<DueTask>(DUE, [limit]);
  }

  /** Held by agents that were lost or are gone, whatever their leases say. */
  orphaned(limit: number): Promise<readonly DueTask[]> {
    return this.db.query<DueTask>(ORPHANED, [limit]);
  }

  async renew(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.db.execute(RENEW, [ids]);
  }
}
