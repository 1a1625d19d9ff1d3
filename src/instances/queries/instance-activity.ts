import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type InstanceScope } from '../domain/instance-scope';
import { type UsageSample, UsageSamples } from './usage-samples';

/** What happened to an instance lately, as its row of a list shows it. */
export interface InstanceActivity {
  readonly id: string;
  readonly callsPerMinute: number;
  readonly errorRate: number | null;
  readonly p95Ms: number | null;
  readonly restarts: number;
  readonly usage: readonly UsageSample[];
}

interface Row {
  readonly id: string;
  readonly calls: number;
  readonly failed: number;
  readonly p95_ms: number | null;
  readonly span_s: number | null;
  readonly restarts: number;
  readonly is_contained: boolean;
}

const WINDOW_S = 300;
/** Of a busy instance so many calls speak for the rest: one page of a list must not read millions. */
const CALLS_MAX = 2_000;
const PHASES_MAX = 500;

/** A container that was seen beyond the first of its place took the place of another. */
const ACTIVITY = `
  SELECT v.id, c.calls, c.failed, c.p95_ms, c.span_s, r.restarts,
         v.json_spec ->> 'type' <> 'url' AND v.status IN ('running', 'degraded', 'unhealthy') AS is_contained
    FROM instance_view v
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS calls, (count(*) FILTER (WHERE outcome <> 'ok'))::int AS failed,
             percentile_disc(0.95) WITHIN GROUP (ORDER BY duration_ms)::float8 AS p95_ms,
             extract(epoch FROM now() - min(at))::float8 AS span_s
        FROM (SELECT at, outcome, duration_ms FROM mcp_call
               WHERE instance_id = v.id AND at > now() - interval '${WINDOW_S} s' AND outcome <> 'denied'
               ORDER BY at DESC LIMIT ${CALLS_MAX}) AS recent) AS c
    CROSS JOIN LATERAL (
      SELECT greatest(0, count(DISTINCT e.place ->> 'id') - count(DISTINCT e.place ->> 'replica'))::int AS restarts
        FROM (SELECT jsonb_array_elements(phases.data -> 'containers') AS place
                FROM (SELECT data FROM domain_event
                       WHERE aggregate_type = 'instances' AND aggregate_id = v.id::text
                         AND occurred_at > now() - interval '24 hours' AND data ? 'containers'
                       ORDER BY occurred_at DESC LIMIT ${PHASES_MAX}) AS phases) AS e) AS r
   WHERE v.workspace_id = $1 AND v.id = ANY ($2::uuid[])
     AND ($3::text[] IS NULL OR v.name = ANY ($3)) AND v.id <> ALL ($4::uuid[])`;

/** Reads for many instances at once what a list shows beside their records. */
@Injectable()
export class InstanceActivities {
  constructor(
    private readonly db: Database,
    private readonly samples: UsageSamples,
  ) {}

  /** Those that the caller may not read, or that are gone, are left out. */
  async of(scope: InstanceScope, ids: readonly string[]): Promise<readonly InstanceActivity[]> {
    const { onlyNames, withoutIds } = scope.reach();
    const rows = await this.db.query<Row>(ACTIVITY, [scope.workspaceId, ids, onlyNames ?? null, withoutIds]);
    this.samples.ask(rows.filter(({ is_contained: isContained }) => isContained).map(({ id }) => id));
    return rows.map((row) => ({
      id: row.id,
      callsPerMinute: ratePerMinute(row),
      errorRate: row.calls === 0 ? null : row.failed / row.calls,
      p95Ms: row.p95_ms,
      restarts: row.restarts,
      usage: this.samples.of(row.id),
    }));
  }
}

/** Where calls were left out, those that were read say how fast they came. */
function ratePerMinute({ calls, span_s: spanS }: Row): number {
  const seconds = calls < CALLS_MAX || spanS === null ? WINDOW_S : Math.max(1, spanS);
  return Math.round((calls / seconds) * 600) / 10;
}
