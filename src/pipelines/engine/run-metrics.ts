import { Injectable } from '@nestjs/common';
import { type Counter, type Family, type Histogram, Metrics } from '@app/telemetry';
import { isOver } from './run-state';
import { type Turn } from './turn';

const BOUNDS_S = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600];
const MS_PER_S = 1_000;
const ENDED: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled']);

/** How runs and stages end, and how long they take. */
@Injectable()
export class RunMetrics {
  private readonly runs: Family<Counter>;
  private readonly runDurations: Family<Histogram>;
  private readonly stageDurations: Family<Histogram>;

  constructor(metrics: Metrics) {
    this.runs = metrics.counter('pipeline_runs_total', 'Runs of pipelines by how they ended.', {
      labels: ['outcome'],
    });
    this.runDurations = metrics.histogram('pipeline_run_duration_seconds', 'From its start to its end.', {
      bounds: BOUNDS_S,
    });
    this.stageDurations = metrics.histogram(
      'pipeline_stage_duration_seconds',
      'From the first attempt at a stage to the end of the last one.',
      { labels: ['type', 'outcome'], bounds: BOUNDS_S },
    );
  }

  /** Of a turn that has been stored. */
  observe(turn: Turn): void {
    const now = Date.now();
    for (const { stage, to } of turn.changes) {
      const startedAt = turn.rowOf(stage).started_at;
      if (startedAt !== null && ENDED.has(to))
        this.stageDurations.of(stage.kind, to).observe((now - startedAt.getTime()) / MS_PER_S);
    }
    if (!isOver(turn.state.status)) return;
    this.runs.of(turn.state.status).add(1);
    this.runDurations.of().observe((now - turn.run.createdAt.getTime()) / MS_PER_S);
  }
}
