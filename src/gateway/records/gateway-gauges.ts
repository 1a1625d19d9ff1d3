import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type BreakerState } from '@app/resilience';
import { type Family, type Gauge, Metrics } from '@app/telemetry';
import { RoutingTable } from '../routing/routing-table';
import { UpstreamPool } from '../upstream/upstream-pool';
import { CallMetrics } from './call-metrics';

const CIRCUIT_STATES: Readonly<Record<BreakerState, number>> = { closed: 0, half_open: 1, open: 2 };

/** What is read from memory at a scrape: servers by state, and the circuits of those that were called. */
@Injectable()
export class GatewayGauges implements OnModuleInit {
  private readonly instances: Family<Gauge>;
  private readonly circuits: Family<Gauge>;
  /** As many as the routing table has. */
  private readonly names = new Map<string, string>();

  constructor(
    private readonly metrics: Metrics,
    private readonly table: RoutingTable,
    private readonly pool: UpstreamPool,
    private readonly calls: CallMetrics,
  ) {
    this.instances = metrics.gauge('instances', 'Instances by status.', { labels: ['status'] });
    this.circuits = metrics.gauge('circuit_state', 'Circuit of a server: 0 closed, 1 half open, 2 open.', {
      labels: ['instance'],
    });
  }

  onModuleInit(): void {
    this.metrics.onScrape(() => {
      this.readInstances();
      this.readCircuits();
    });
    this.follow();
  }

  /** A server that is gone leaves its labels to others; so does one that got another name. */
  private follow(): void {
    this.table.onChange((route, instanceId) => {
      const known = this.names.get(instanceId);
      if (known !== undefined && known !== route?.name) this.calls.forget(known);
      if (route === undefined) this.names.delete(instanceId);
      else this.names.set(instanceId, route.name);
    });
  }

  private readInstances(): void {
    this.instances.clear();
    for (const [status, count] of Object.entries(this.table.counts())) this.instances.of(status).set(count);
  }

  /** Many that share the label `other` show the worst of them. */
  private readCircuits(): void {
    this.circuits.clear();
    for (const [instanceId, name] of this.names) {
      const state = this.pool.peek(instanceId)?.state();
      if (state === undefined) continue;
      const gauge = this.circuits.of(this.calls.instanceLabel(name));
      gauge.set(Math.max(gauge.value, CIRCUIT_STATES[state.circuit]));
    }
  }
}
