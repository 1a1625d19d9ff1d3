import { Injectable } from '@nestjs/common';
import { Database, prepared } from '@app/database';
import { AGENTS_FOR_WORK, type AgentForWork, type AgentRow, toAgentForWork } from '../../../agents';
import { type RunningGroup, type StoredLimit } from '../matching/limits-of';
import { type QueuedTask } from '../matching/model';
import { OPEN_ASKS, type OpenAsk } from './ask-rows';
import { RUNNING, storedLimits } from './load-rows';
import { HEADS } from './queue-rows';

const listOf = (name: string, rows: string): string =>
  `(SELECT coalesce(json_agg(r), '[]') FROM (${rows}) AS r) AS "${name}"`;
const SUBMITTERS = `
  SELECT s.id FROM heads CROSS JOIN LATERAL unnest(ARRAY["workspaceId"::text, "userId"::text, "keyId", "agentId"::text]) AS s (id)
   WHERE s.id IS NOT NULL`;

/** Everything that decides who gets what, in one statement: whoever waits for work waits for each round trip. */
const LOOK = prepared(`
  WITH RECURSIVE ${HEADS}
  SELECT ${[
    listOf('heads', 'SELECT * FROM heads'),
    listOf('asks', OPEN_ASKS),
    listOf('agents', AGENTS_FOR_WORK),
    listOf('running', RUNNING),
    listOf(
      'limits',
      storedLimits(
        'ARRAY(SELECT DISTINCT "workspaceId" FROM heads)',
        `ARRAY(SELECT DISTINCT id FROM (${SUBMITTERS}) AS s)`,
      ),
    ),
  ].join(', ')}`);

interface LookRow {
  readonly heads: readonly QueuedTask[];
  readonly asks: readonly OpenAsk[];
  readonly agents: readonly AgentRow[];
  readonly running: readonly RunningGroup[];
  readonly limits: readonly StoredLimit[];
}

export interface Look extends Omit<LookRow, 'agents'> {
  readonly agents: readonly AgentForWork[];
}

const NOTHING: LookRow = { heads: [], asks: [], agents: [], running: [], limits: [] };

/** What a pass sees. */
@Injectable()
export class LookRows {
  constructor(private readonly db: Database) {}

  /** The heads of at most so many lanes behind the given one, who could be given work, what runs, and what may. */
  async behind(afterLane: string, lanesMax: number): Promise<Look> {
    const [row = NOTHING] = await this.db.query<LookRow>(LOOK, [afterLane, lanesMax]);
    return { ...row, agents: row.agents.map(toAgentForWork) };
  }
}
