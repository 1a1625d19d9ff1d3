import { Injectable, Optional } from '@nestjs/common';
import { INSTANCE_PHASES, type InstancePhase, type InstanceStatusReportedV1 } from '@app/contracts';
import { type DomainEvent } from '@app/kernel';
import { type Counter, type Family, type Gauge, Metrics } from '@app/telemetry';

const PREFIX = 'mcp.instance.';
const MS_PER_S = 1_000;

/** What reports brought, counted where they are stored. Reasons are a handful of words, not the sentences of the reports. */
@Injectable()
export class InstanceMetrics {
  private readonly transitions: Family<Counter>;
  private readonly restarts: Family<Counter>;
  private readonly lag: Gauge;

  constructor(@Optional() metrics: Metrics = new Metrics()) {
    this.transitions = metrics.counter('instance_transitions_total', 'Changes of status.', {
      labels: ['to', 'reason'],
    });
    this.restarts = metrics.counter('instance_restarts_total', 'Servers that were started again.', {
      labels: ['reason'],
    });
    this.lag = metrics
      .gauge('projection_lag_seconds', 'How old the newest report was when it was stored.', {
        labels: ['projection'],
      })
      .of('instance_status');
  }

  took(report: InstanceStatusReportedV1, facts: readonly DomainEvent[]): void {
    this.lag.set(Math.max(0, (Date.now() - Date.parse(report.at)) / MS_PER_S));
    for (const { name } of facts) {
      const to = name.slice(PREFIX.length);
      if (!name.startsWith(PREFIX) || !isPhase(to)) continue;
      this.transitions.of(to, reasonOf(report)).add();
      if (to === 'restarting') this.restarts.of(reasonOf(report)).add();
    }
  }
}

const isPhase = (word: string): word is InstancePhase =>
  (INSTANCE_PHASES as readonly string[]).includes(word);

function reasonOf({ last_error: error }: InstanceStatusReportedV1): 'none' | 'oom' | 'exit' | 'error' {
  if (error === undefined || error === null) return 'none';
  if (error.oom_killed) return 'oom';
  return error.exit_code === null ? 'error' : 'exit';
}
