import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type TaskAttempt, type TaskLogLine } from './task-view';

/** Beside a task; the rest is asked for by the log's own route. */
const LAST_LINES = 50;
/** More than there can be: retries are limited, and whoever hands leases back again and again is closed for a while. */
const ATTEMPTS_MAX = 100;

const LINE = `id::text AS id, at, attempt, level, message`;

/** What was said and tried of a task. */
@Injectable()
export class TaskRecords {
  constructor(private readonly db: Database) {}

  async lastLines(taskId: string): Promise<readonly TaskLogLine[]> {
    const lines = await this.db.query<TaskLogLine>(
      `SELECT ${LINE} FROM task_log WHERE task_id = $1 ORDER BY task_log.id DESC LIMIT ${LAST_LINES}`,
      [taskId],
    );
    return lines.reverse();
  }

  /** From the oldest on, behind the one that was read last. Lines of a task get their numbers in the order they are stored. */
  linesAfter(taskId: string, after: string, limit: number): Promise<readonly TaskLogLine[]> {
    return this.db.query<TaskLogLine>(
      `SELECT ${LINE} FROM task_log WHERE task_id = $1 AND task_log.id > $2::bigint ORDER BY task_log.id LIMIT $3`,
      [taskId, after, limit],
    );
  }

  async attemptsOf(taskId: string): Promise<readonly TaskAttempt[]> {
    const attempts = await this.db.query<TaskAttempt>(
      `SELECT attempt, agent_id AS "agentId", agent_name AS "agentName", candidates, started_at AS "startedAt",
              accepted_at AS "acceptedAt", ended_at AS "endedAt", outcome, error
         FROM task_attempt WHERE task_id = $1 ORDER BY lease_gen DESC LIMIT ${ATTEMPTS_MAX}`,
      [taskId],
    );
    return attempts.reverse();
  }
}
