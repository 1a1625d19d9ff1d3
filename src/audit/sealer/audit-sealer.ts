import { hostname } from 'node:os';
import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Database, Lease } from '@app/database';
import { newId } from '@app/kernel';
import { pause } from '@app/resilience';
import { requestContext, systemScope } from '@app/telemetry';
import { ChainWriter } from './chain-writer';
import { SegmentKeeper } from './segment-keeper';

const LEASE = 'audit-sealer';
const LEASE_TERM_MS = 15_000;
const LOOK_EVERY_MS = 1_000;
const KEEP_EVERY_MS = 60_000;
/** Rounds without a break: then the lease is looked at again. */
const ROUNDS_MAX = 50;

export interface SealerState {
  /** false: another process seals. */
  readonly sealing: boolean;
  readonly healthy: boolean;
  readonly sealedAt: Date | undefined;
  readonly lastError: string | undefined;
}

/** Seals what was written, about once a second, in whichever worker holds the lease. It never gives up. */
@Injectable()
export class AuditSealer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(AuditSealer.name);
  private readonly lease: Lease;
  private readonly stopping = new AbortController();
  private loop: Promise<void> | undefined;
  private sealedAt: Date | undefined;
  private lastError: string | undefined;
  private keptAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    db: Database,
    private readonly writer: ChainWriter,
    private readonly keeper: SegmentKeeper,
  ) {
    this.lease = new Lease(db, { name: LEASE, holder: `${hostname()}-${newId()}`, termMs: LEASE_TERM_MS });
  }

  onApplicationBootstrap(): void {
    this.lease.start(() => undefined);
    this.loop = requestContext.run(systemScope('audit-sealer'), () => this.run());
  }

  /** What was written up to now is sealed on the way out; a successor seals the rest. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.loop;
    await this.lease.stop();
  }

  state(): SealerState {
    const { sealedAt, lastError } = this;
    return { sealing: this.lease.isHeld(), healthy: lastError === undefined, sealedAt, lastError };
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      if (this.lease.isHeld()) await this.seal();
      await pause(LOOK_EVERY_MS, this.stopping.signal).catch(() => undefined);
    }
    if (this.lease.isHeld()) await this.seal();
  }

  private async seal(): Promise<void> {
    try {
      for (let round = 0; round < ROUNDS_MAX && this.lease.isHeld(); round += 1)
        if ((await this.writer.round()) === 0) break;
      this.sealedAt = new Date();
      await this.keep();
      if (this.lastError !== undefined) this.logger.log('the audit trail is sealed again');
      this.lastError = undefined;
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      // One line per outage; the state says the rest.
      if (this.lastError === undefined) this.logger.error(`the audit trail is not sealed: ${words}`);
      this.lastError = words;
    }
  }

  private async keep(): Promise<void> {
    if (performance.now() - this.keptAtMs < KEEP_EVERY_MS) return;
    this.keptAtMs = performance.now();
    await this.writer.look();
    await this.keeper.close();
    await this.keeper.removeOld();
  }
}
