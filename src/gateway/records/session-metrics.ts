import { Injectable } from '@nestjs/common';
import { Metrics } from '@app/telemetry';
import { McpFront } from '../terminal/mcp-front';

/**
 * Clients with a session that is kept here, and, in the newer era, which has none, with an open stream. Sessions of the relay
 * live at their servers and are not counted.
 */
@Injectable()
export class SessionMetrics {
  constructor(metrics: Metrics, front: McpFront) {
    const sessions = metrics.gauge('mcp_sessions', 'Open sessions of MCP clients.', { labels: ['era'] });
    metrics.onScrape(() => {
      sessions.of('older').set(front.openSessions);
      sessions.of('newer').set(front.openStreams);
    });
  }
}
