import { Injectable } from '@nestjs/common';
import { type Counter, type Family, Metrics } from '@app/telemetry';

export type RefreshOutcome = 'succeeded' | 'failed';

/** Access tokens fetched from the token endpoints of servers. */
@Injectable()
export class TokenMetrics {
  private readonly refreshes: Family<Counter>;

  constructor(metrics: Metrics) {
    this.refreshes = metrics.counter('oauth_token_refreshes_total', 'Access tokens fetched for servers.', {
      labels: ['outcome'],
    });
    for (const outcome of ['succeeded', 'failed'] as const) this.refreshes.of(outcome);
  }

  refreshed(outcome: RefreshOutcome): void {
    this.refreshes.of(outcome).add();
  }
}
