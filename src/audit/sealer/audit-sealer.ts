import { hostname } from 'node:os';
import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Database, Lease } from '@app/database';
import { newId } from '@app/kernel';
import { LookOut } from '@app/outbox';
import { PubSub } from '@app/queues';
import { ChainWriter } from './chain-writer';
import { SegmentKeeper } from './segment-keeper';

const LEASE = 'audit-sealer';
const LEASE_TERM_MS = 15_000;
/** While there is something to seal; every look that finds nothing doubles it, and an event takes it back. */
const LOOK_EVERY_MS = 1_000;
/** A refusal or a call is no event: so late it is sealed after a long silence. */
const LOOK_EVERY_MAX_MS = 15_000;
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

/** Seals what was written, within a second of an event or seconds of anything else, in whichever worker holds the lease. It never gives up. */
@Injectable()
export class AuditSealer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(AuditSealer.name);
  private readonly lease: Lease;
  private readonly lookOut: LookOut;
  private restMs = LOOK_EVERY_MS;
  private sealedAt: Date | undefined;
  private lastError: string | undefined;
  private keptAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    db: Database,
    private readonly writer: ChainWriter,
    private readonly keeper: SegmentKeeper,
    pubsub: PubSub,
  ) {
    this.lease = new Lease(db, { name: LEASE, holder: `${hostname()}-${newId()}`, termMs: LEASE_TERM_MS });
    this.lookOut = new LookOut({
      ...{ name: 'audit-sealer', pubsub, look: (isRung) => this.look(isRung) },
      onFailure: (error) => {
        this.logger.warn(`events do not wake the sealer: ${String(error)}`);
      },
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    this.lease.start(() => {
      this.lookOut.ring();
    });
    await this.lookOut.start();
  }

  /** What was written up to now is sealed on the way out; a successor seals the rest. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.lookOut.stop();
    if (this.lease.isHeld()) await this.seal();
    await this.lease.stop();
  }

  state(): SealerState {
    const { sealedAt, lastError } = this;
    return { sealing: this.lease.isHeld(), healthy: lastError === undefined, sealedAt, lastError };
  }

  /** What was told of may not be there yet: rows of older transactions come first. */
  private async look(isRung: boolean): Promise<number> {
    const links = this.lease.isHeld() ? await this.seal() : 0;
    const isSoon = links > 0 || isRung || this.lastError !== undefined;
    this.restMs = isSoon ? LOOK_EVERY_MS : Math.min(2 * this.restMs, LOOK_EVERY_MAX_MS);
    return this.restMs;
  }

  /** How many links it made. */
  private async seal(): Promise<number> {
    let links = 0;
    try {
      for (let round = 0; round < ROUNDS_MAX && this.lease.isHeld(); round += 1) {
        const made = await this.writer.round();
        links += made;
        if (made === 0) break;
      }
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
    return links;
  }

  private async keep(): Promise<void> {
    if (performance.now() - this.keptAtMs < KEEP_EVERY_MS) return;
    this.keptAtMs = performance.now();
    await this.writer.look();
    await this.keeper.close();
    await this.keeper.removeOld();
  }
}
