import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type InstancePhase } from '@app/contracts';
import { HealthService } from '../../observability';
import { type Route } from '../routing/route';
import { RoutingTable } from '../routing/routing-table';
import { UpstreamPool } from './upstream-pool';

/** What is on its way is not down yet, and what is idle comes when it is called. */
const DOWN: ReadonlySet<InstancePhase> = new Set([
  'failed',
  'unhealthy',
  'degraded',
  'restarting',
  'unknown',
]);

/** Servers that are wanted and do not answer. That makes the whole degraded only: others are served all the same. */
@Injectable()
export class ServersHealth implements OnModuleInit {
  constructor(
    private readonly table: RoutingTable,
    private readonly pool: UpstreamPool,
    private readonly health: HealthService,
  ) {}

  onModuleInit(): void {
    this.health.add({
      name: 'servers',
      requiredFor: 'info',
      check: () => Promise.resolve(this.look()),
    });
  }

  private look(): { ok: boolean; detail: string } {
    const wanted = this.table.wanted();
    const down = wanted.filter(({ status }) => DOWN.has(status)).length;
    const avoided = wanted.filter((route) => this.isAvoided(route)).length;
    const troubles = [
      ...(down === 0 ? [] : [`${down} of ${wanted.length} servers do not run as they should.`]),
      ...(avoided === 0 ? [] : [`The circuit of ${avoided} servers is open.`]),
    ];
    if (troubles.length === 0) return { ok: true, detail: `None of ${wanted.length} servers is in trouble.` };
    return { ok: false, detail: troubles.join(' ') };
  }

  private isAvoided({ instanceId }: Route): boolean {
    return this.pool.peek(instanceId)?.state().circuit === 'open';
  }
}
