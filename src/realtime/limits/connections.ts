import {
  type BeforeApplicationShutdown,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { type Closing, CLOSE } from '../domain/close-codes';
import { Pace } from '../feed/pace';
import { type Outlet } from '../feed/outlet';
import { RealtimeMetrics } from '../realtime-metrics';
import { TooManyReadersError } from '../realtime.errors';

/** Readers of one process, those included who have not said yet who they are. */
export const CONNECTIONS_MAX = 5_000;
const SWEEP_EVERY_MS = 1_000;
const BEAT_EVERY_MS = 20_000;
/** The end of the process waits this long for readers to take their leave. */
const FAREWELL_MS = 1_000;

interface Kept {
  readonly pace: Pace;
  nextBeatMs: number;
}

/** Every open connection: keeps it alive, ends it when its reader is gone, too slow, or the process goes. */
@Injectable()
export class Connections implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly kept = new Map<Outlet, Kept>();
  private timer: NodeJS.Timeout | undefined;
  private isStopping = false;

  constructor(private readonly metrics: RealtimeMetrics) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.sweep(performance.now());
    }, SWEEP_EVERY_MS).unref();
  }

  /** Before the HTTP server closes: it would wait for them. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    for (const outlet of this.kept.keys()) outlet.close(CLOSE.restarting);
    if (this.kept.size > 0) await delay(FAREWELL_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Why no more can come in; undefined when there is room. */
  get refusal(): Closing | undefined {
    if (this.isStopping) return CLOSE.restarting;
    return this.kept.size >= CONNECTIONS_MAX ? CLOSE.tooMany : undefined;
  }

  /** The same for a request, which is answered with a problem. */
  demandRoom(): void {
    if (this.refusal !== undefined) throw new TooManyReadersError(CONNECTIONS_MAX);
  }

  add(outlet: Outlet): void {
    this.kept.set(outlet, { pace: new Pace(), nextBeatMs: performance.now() + BEAT_EVERY_MS });
    this.metrics.connected(outlet.format.carrier, 1);
    outlet.onClosed(() => {
      this.kept.delete(outlet);
      this.metrics.connected(outlet.format.carrier, -1);
    });
  }

  /** Every second; only a test says that it is later. */
  sweep(nowMs: number): void {
    for (const [outlet, kept] of this.kept) {
      if (!outlet.isOpen) continue;
      if (kept.pace.isTooSlow(outlet.waitingBytes, nowMs)) {
        this.metrics.drop('slow');
        outlet.close(CLOSE.tooSlow);
      } else if (nowMs >= kept.nextBeatMs) {
        kept.nextBeatMs = nowMs + BEAT_EVERY_MS;
        outlet.beat();
      }
    }
  }
}
