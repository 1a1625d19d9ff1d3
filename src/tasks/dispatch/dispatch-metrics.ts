import { Injectable, Optional } from '@nestjs/common';
import { type Family, type Histogram, Metrics } from '@app/telemetry';
import { type PassResult } from './dispatch-pass';

const PASS_BOUNDS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];
const WAIT_BOUNDS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 30, 120, 600, 3_600];

/** How long dispatch takes, and how long tasks wait for it. */
@Injectable()
export class DispatchMetrics {
  private readonly passes: Histogram | undefined;
  private readonly waits: Family<Histogram> | undefined;

  constructor(@Optional() metrics?: Metrics) {
    this.passes = metrics
      ?.histogram('dispatch_pass_duration_seconds', 'How long one look at what waits takes.', {
        bounds: PASS_BOUNDS_S,
      })
      .of();
    this.waits = metrics?.histogram(
      'task_wait_seconds',
      'How long tasks were due before they were given out.',
      {
        labels: ['priority'],
        bounds: WAIT_BOUNDS_S,
      },
    );
  }

  passed({ claimed }: PassResult, tookMs: number): void {
    this.passes?.observe(tookMs / 1_000);
    for (const { priority, waitedS } of claimed) this.waits?.of(priority).observe(waitedS);
  }
}
