import { Injectable } from '@nestjs/common';
import { type McpEra } from '@app/mcp';
import { type Family, type Gauge, Metrics } from '@app/telemetry';

/** How many clients have a session open; told by whoever opens and ends them. */
@Injectable()
export class SessionMetrics {
  private readonly sessions: Family<Gauge>;

  constructor(metrics: Metrics) {
    this.sessions = metrics.gauge('mcp_sessions', 'Open sessions of MCP clients.', { labels: ['era'] });
    for (const era of ['older', 'newer'] as const) this.sessions.of(era);
  }

  opened(era: McpEra): void {
    this.sessions.of(era).add(1);
  }

  closed(era: McpEra): void {
    this.sessions.of(era).add(-1);
  }
}
