import { Injectable } from '@nestjs/common';
import { Database, prepared } from '@app/database';
import { type HeldLease } from '../../lifecycle/task-outcomes';

/** More agents than can be registered do not ask at once; those that came first are answered first. */
const OPEN_MAX = 5_000;
/** Removed at one look. */
const FORGOTTEN_MAX = 500;

export interface OpenAsk {
  readonly id: string;
  readonly agentId: string;
  readonly capabilities: readonly string[];
  readonly slots: number;
  readonly sinceMs: number;
}

export interface NewAsk {
  readonly id: string;
  readonly agentId: string;
  readonly capabilities: readonly string[];
  readonly slots: number;
  readonly forS: number;
}

interface Given {
  readonly task_id: string;
  readonly lease_gen: number;
}

const leasesOf = (given: readonly Given[]): readonly HeldLease[] =>
  given.map(({ task_id: taskId, lease_gen: leaseGen }) => ({ taskId, leaseGen }));

/** Of everybody, for a larger statement. */
export const OPEN_ASKS = `
  SELECT id, agent_id AS "agentId", capabilities, slots, (extract(epoch FROM asked_at) * 1000)::float8 AS "sinceMs"
    FROM agent_ask WHERE expires_at > now() AND given = '[]' ORDER BY asked_at, id LIMIT ${OPEN_MAX}`;

/** Not worth a wait for the disk: of a question that is lost whoever waits for its answer finds that it is gone. */
const ADD = prepared(`
  WITH quickly AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
  INSERT INTO agent_ask (id, agent_id, capabilities, slots, expires_at)
  SELECT a.id, a.agent_id, a.capabilities, a.slots, now() + make_interval(secs => a.for_s)
    FROM quickly, jsonb_to_recordset($1::jsonb) AS a (id uuid, agent_id uuid, capabilities text[], slots int, for_s int)`);

/**
 * Agents that wait for work. A pass writes what it gives into the row, and whoever removes the row has it: so an answer is
 * either in the hands of somebody who will hand it on, or still there.
 */
@Injectable()
export class AskRows {
  constructor(private readonly db: Database) {}

  async add(asks: readonly NewAsk[]): Promise<void> {
    const rows = asks.map(({ id, agentId, capabilities, slots, forS }) => ({
      ...{ id, capabilities, slots, agent_id: agentId, for_s: forS },
    }));
    await this.db.execute(ADD, [JSON.stringify(rows)]);
  }

  openOf(agentIds: readonly string[]): Promise<readonly OpenAsk[]> {
    return this.db.query<OpenAsk>(
      `SELECT id, agent_id AS "agentId", capabilities, slots, (extract(epoch FROM asked_at) * 1000)::float8 AS "sinceMs"
         FROM agent_ask WHERE agent_id = ANY ($1::uuid[]) AND expires_at > now() AND given = '[]' LIMIT ${OPEN_MAX}`,
      [agentIds],
    );
  }

  /** Which of these have their answer, or are gone. */
  async ended(ids: readonly string[]): Promise<readonly string[]> {
    const rows = await this.db.query<{ id: string }>(
      `SELECT w.id FROM unnest($1::uuid[]) AS w (id)
         LEFT JOIN agent_ask a ON a.id = w.id WHERE a.id IS NULL OR a.given <> '[]'`,
      [ids],
    );
    return rows.map(({ id }) => id);
  }

  /** A question that is over, or a task in work: without either nothing can have been lost. */
  async isAnythingOpen(): Promise<boolean> {
    const [row] = await this.db.query<{ isOpen: boolean }>(
      `SELECT EXISTS (SELECT FROM agent_ask WHERE expires_at < now())
              OR EXISTS (SELECT FROM task WHERE status = 'running') AS "isOpen"`,
    );
    return row?.isOpen === true;
  }

  /** Of those whose process is gone: it would have removed them long ago. */
  async takeForgotten(graceS: number): Promise<readonly HeldLease[]> {
    const rows = await this.db.query<{ given: readonly Given[] }>(
      `DELETE FROM agent_ask WHERE id IN (
         SELECT id FROM agent_ask WHERE expires_at < now() - make_interval(secs => $1)
          ORDER BY id LIMIT ${FORGOTTEN_MAX} FOR UPDATE SKIP LOCKED)
       RETURNING given`,
      [graceS],
    );
    return rows.flatMap(({ given }) => leasesOf(given));
  }
}
