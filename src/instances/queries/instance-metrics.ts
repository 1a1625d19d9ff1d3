import { Injectable } from '@nestjs/common';
import { type InstancePhase } from '@app/contracts';
import { Database } from '@app/database';
import { type InstanceScope } from '../domain/instance-scope';
import { InstanceQueries } from './instance-queries';

export const METRIC_WINDOWS = ['1h', '24h', '7d'] as const;
export type MetricWindow = (typeof METRIC_WINDOWS)[number];

/** So that each picture has about a hundred points, whatever time it shows. */
const STEPS: Readonly<Record<MetricWindow, { readonly stepS: number; readonly points: number }>> = {
  '1h': { stepS: 60, points: 60 },
  '24h': { stepS: 900, points: 96 },
  '7d': { stepS: 7_200, points: 84 },
};
/** The newest so many calls are read; the answer says from when on it is complete. */
const CALLS_MAX = 200_000;
const TOOLS_MAX = 10;
const PHASES_MAX = 500;

export interface MetricPoint {
  readonly at: Date;
  readonly calls: number;
  readonly failed: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

export interface ToolUse {
  readonly name: string;
  readonly calls: number;
  readonly failed: number;
  readonly p95Ms: number | null;
}

export interface PhaseSpan {
  readonly at: Date;
  readonly phase: InstancePhase;
  readonly reason: string | null;
}

export interface InstanceMetrics {
  readonly from: Date;
  readonly to: Date;
  readonly stepS: number;
  /** Earlier calls than this were too many to count. */
  readonly completeFrom: Date;
  readonly points: readonly MetricPoint[];
  readonly tools: readonly ToolUse[];
  /** Oldest first; the first may have begun before `from`. */
  readonly phases: readonly PhaseSpan[];
}

interface Range {
  readonly id: string;
  readonly from: Date;
  readonly to: Date;
  readonly stepS: number;
}

/** The calls in question are read once, and the two pictures of them drawn from the same rows. */
const CALLS = `
  WITH recent AS MATERIALIZED (
    SELECT at, method, target, outcome, duration_ms FROM mcp_call
     WHERE instance_id = $1 AND at >= $2 AND at < $3 AND outcome <> 'denied' ORDER BY at DESC LIMIT ${CALLS_MAX}),
  points AS (
    SELECT floor(extract(epoch FROM at - $2::timestamptz) / $4::int)::int AS slot, count(*)::int AS calls,
           (count(*) FILTER (WHERE outcome <> 'ok'))::int AS failed,
           percentile_disc(0.5) WITHIN GROUP (ORDER BY duration_ms)::float8 AS p50,
           percentile_disc(0.95) WITHIN GROUP (ORDER BY duration_ms)::float8 AS p95
      FROM recent GROUP BY 1),
  tools AS (
    SELECT target AS name, count(*)::int AS calls, (count(*) FILTER (WHERE outcome <> 'ok'))::int AS failed,
           percentile_disc(0.95) WITHIN GROUP (ORDER BY duration_ms)::float8 AS p95
      FROM recent WHERE method = 'tools/call' AND target IS NOT NULL
     GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${TOOLS_MAX})
  SELECT (SELECT coalesce(jsonb_agg(points), '[]') FROM points) AS points,
         (SELECT coalesce(jsonb_agg(tools), '[]') FROM tools) AS tools,
         (SELECT CASE WHEN count(*) < ${CALLS_MAX} THEN $2::timestamptz ELSE min(at) END FROM recent) AS complete_from`;

const PHASES = `
  (SELECT occurred_at AS at, data ->> 'phase' AS phase, data ->> 'reason' AS reason FROM domain_event
    WHERE aggregate_type = 'instances' AND aggregate_id = $1 AND data ? 'phase' AND occurred_at >= $2
    ORDER BY occurred_at DESC, id DESC LIMIT ${PHASES_MAX})
  UNION ALL
  (SELECT occurred_at, data ->> 'phase', data ->> 'reason' FROM domain_event
    WHERE aggregate_type = 'instances' AND aggregate_id = $1 AND data ? 'phase' AND occurred_at < $2
    ORDER BY occurred_at DESC, id DESC LIMIT 1)
  ORDER BY at`;

interface CallsRow {
  readonly points: readonly {
    readonly slot: number;
    readonly calls: number;
    readonly failed: number;
    readonly p50: number;
    readonly p95: number;
  }[];
  readonly tools: readonly {
    readonly name: string;
    readonly calls: number;
    readonly failed: number;
    readonly p95: number;
  }[];
  readonly complete_from: Date;
}

/** The calls of an instance over time, out of their records, and the phases it was in meanwhile. */
@Injectable()
export class InstanceMetricsQuery {
  constructor(
    private readonly db: Database,
    private readonly instances: InstanceQueries,
  ) {}

  async read(
    scope: InstanceScope,
    idOrName: string,
    window: MetricWindow,
    now = Date.now(),
  ): Promise<InstanceMetrics> {
    const { id } = await this.instances.get(scope, idOrName);
    const { stepS, points } = STEPS[window];
    // Points begin at the same times in every answer, so that a picture moves by whole points.
    const toMs = Math.ceil(now / (stepS * 1_000)) * stepS * 1_000;
    const range = { id, stepS, from: new Date(toMs - points * stepS * 1_000), to: new Date(toMs) };
    const [calls, phases] = await Promise.all([
      this.db.query<CallsRow>(CALLS, [id, range.from, range.to, stepS]),
      this.db.query<PhaseSpan>(PHASES, [id, range.from]),
    ]);
    return { ...range, ...pictureOf(range, points, calls[0]), phases };
  }
}

function pictureOf(
  { from, stepS }: Range,
  count: number,
  row: CallsRow | undefined,
): Pick<InstanceMetrics, 'points' | 'tools' | 'completeFrom'> {
  const bySlot = new Map((row?.points ?? []).map((point) => [point.slot, point]));
  const points = Array.from({ length: count }, (_, slot): MetricPoint => {
    const { calls = 0, failed = 0, p50 = null, p95 = null } = bySlot.get(slot) ?? {};
    return { at: new Date(from.getTime() + slot * stepS * 1_000), calls, failed, p50Ms: p50, p95Ms: p95 };
  });
  const tools = (row?.tools ?? []).map(({ p95, ...tool }) => ({ ...tool, p95Ms: p95 }));
  return { points, tools, completeFrom: row?.complete_from ?? from };
}
