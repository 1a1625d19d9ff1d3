import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';

/** What there is to read of an instance line by line: what it prints, and what was written down about it. */
export const LOG_STREAMS = ['output', 'gateway', 'health'] as const;
export type LogStream = (typeof LOG_STREAMS)[number];

interface Row {
  readonly line: string;
}

/** The time stands as in the log lines of servers: ISO, in UTC. */
const timeText = (column: string): string =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Names only, and no arguments: the records hold none. */
const SQL: Readonly<Record<Exclude<LogStream, 'output'>, string>> = {
  gateway: `
    SELECT concat_ws(' ', ${timeText('at')}, method, target, outcome, code, round(duration_ms) || ' ms', actor) AS line
      FROM mcp_call WHERE instance_id = $1::uuid ORDER BY at DESC, id DESC LIMIT $2`,
  health: `
    SELECT concat_ws(' ', ${timeText('occurred_at')}, data ->> 'phase', data ->> 'reason') AS line
      FROM domain_event
     WHERE aggregate_type = 'instances' AND aggregate_id = $1 AND data ? 'phase'
     ORDER BY occurred_at DESC, id DESC LIMIT $2`,
};

/** Records about an instance as lines, oldest first, so that they are read and followed as its output is. */
@Injectable()
export class RecordedLines {
  constructor(private readonly db: Database) {}

  async read(
    instanceId: string,
    stream: Exclude<LogStream, 'output'>,
    tail: number,
  ): Promise<readonly string[]> {
    const rows = await this.db.query<Row>(SQL[stream], [instanceId, tail]);
    return rows.map(({ line }) => line.replaceAll(/[\r\n]+/g, ' ')).reverse();
  }
}
