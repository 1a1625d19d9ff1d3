import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  Optional,
} from '@nestjs/common';
import { type Family, type Gauge, Metrics } from '@app/telemetry';
import { DriftRows } from '../persistence/drift-rows';
import { Quotas } from './quotas';

const LOOK_EVERY_MS = 60_000;

export interface Found {
  /** Counters that were not what they count. */
  readonly drifted: number;
  /** What was held by things that are gone. */
  readonly orphaned: number;
}

/** Looks whether counters are what they count. They are, by their making; what is found is said, and made right. */
@Injectable()
export class QuotaCheck implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(QuotaCheck.name);
  private readonly drifted: Gauge | undefined;
  private readonly fullest: Family<Gauge> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;

  constructor(
    private readonly rows: DriftRows,
    private readonly quotas: Quotas,
    @Optional() metrics?: Metrics,
  ) {
    this.drifted = metrics
      ?.gauge('quota_drift', 'Counters of quotas that the last look found wrong, and made right.')
      .of();
    this.fullest = metrics?.gauge('quota_used_ratio', 'The fullest quota of each resource: 1 is used up.', {
      labels: ['resource'],
    });
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.looking ??= this.lookQuietly().finally(() => {
        this.looking = undefined;
      });
    }, LOOK_EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  async look(): Promise<Found> {
    const orphans = await this.rows.orphans();
    for (const { id, workspaceId } of orphans)
      await this.quotas.release({ kind: 'instances', id }, { workspaceId });
    const drift = await this.rows.drift();
    for (const each of drift) {
      const { scope, scopeId, resource, used, held } = each;
      this.logger.warn(`quota ${resource} of ${scope} ${scopeId} counted ${used}, and there are ${held}`);
      await this.rows.correct(each);
    }
    if (orphans.length > 0) this.logger.warn(`${orphans.length} things that are gone still held quotas`);
    await this.rows.forgetDays();
    await this.measure(drift.length + orphans.length);
    return { drifted: drift.length, orphaned: orphans.length };
  }

  private async measure(found: number): Promise<void> {
    this.drifted?.set(found);
    this.fullest?.clear();
    for (const { resource, part } of await this.rows.fullest()) this.fullest?.of(resource).set(part);
  }

  /** The next look comes anyway. */
  private async lookQuietly(): Promise<void> {
    try {
      await this.look();
    } catch (error) {
      this.logger.debug(`quotas were not looked over: ${String(error)}`);
    }
  }
}
