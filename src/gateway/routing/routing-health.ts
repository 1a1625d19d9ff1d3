import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HealthService } from '../../observability';
import { RoutingTable } from './routing-table';

/** A complete look is due every 30 s; two missed ones mean that memory stands in for the database. */
const LATE_AFTER_MS = 75_000;
const MS_PER_S = 1_000;

/** Ready with a table, even an old one, since calls go on without the database; its age makes the whole degraded only. */
@Injectable()
export class RoutingHealth implements OnModuleInit {
  constructor(
    private readonly table: RoutingTable,
    private readonly health: HealthService,
  ) {}

  onModuleInit(): void {
    const { table } = this;
    this.health.countInstances(() => table.counts());
    this.health.add({
      name: 'routing_table',
      requiredFor: 'ready',
      check: () => Promise.resolve({ ok: table.isUsable, detail: this.describe() }),
    });
    this.health.add({
      name: 'routing_freshness',
      requiredFor: 'info',
      check: () => Promise.resolve({ ok: table.ageMs < LATE_AFTER_MS, detail: this.describe() }),
    });
  }

  private describe(): string {
    const { isLoaded, ageMs, size } = this.table;
    if (!isLoaded) return 'The list of servers was not loaded yet.';
    return `${size} servers, confirmed ${Math.round(ageMs / MS_PER_S)} s ago.`;
  }
}
