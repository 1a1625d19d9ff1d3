import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CHANNELS } from '@app/contracts';
import { PubSub } from '@app/queues';
import { pause } from '@app/resilience';
import { Metrics, requestContext, systemScope } from '@app/telemetry';
import { KeyRotation } from './key-rotation';
import { ROTATION_NOTICE } from './key-rotations';
import { KeyringStatus } from './keyring-status';

/** Whatever notice was lost, and whichever worker ended: so long does a rotation wait for the next one. */
const LOOK_EVERY_MS = 5_000;
/** Counting reads an index of all versions; a gauge need not be younger. */
const COUNT_EVERY_MS = 60_000;

/** Looks for a rotation that was asked for, and keeps the gauge of versions by key. */
@Injectable()
export class KeyRotationWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(KeyRotationWorker.name);
  private readonly stopping = new AbortController();
  private wake = new AbortController();
  private working: Promise<void> | undefined;
  private unsubscribe: (() => Promise<void>) | undefined;
  private countedAtMs = Number.NEGATIVE_INFINITY;
  private isFailing = false;

  constructor(
    private readonly rotation: KeyRotation,
    private readonly status: KeyringStatus,
    private readonly pubsub: PubSub,
    private readonly metrics: Metrics,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.working = requestContext.run(systemScope('key-rotation'), () => this.work());
    try {
      this.unsubscribe = await this.pubsub.subscribe(CHANNELS.secrets, (payload) => {
        if (payload === ROTATION_NOTICE) this.wake.abort();
      });
    } catch (error) {
      this.logger.warn(`rotations are noticed by looking only: ${String(error)}`);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    this.wake.abort();
    await this.unsubscribe?.();
    await this.working;
  }

  private async work(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.wake = new AbortController();
      await this.step();
      // A notice that came during the step ends this pause at once, and so does the end of the process.
      await pause(LOOK_EVERY_MS, this.wake.signal).catch(() => undefined);
    }
  }

  private async step(): Promise<void> {
    try {
      const hasRotated = await this.rotation.run(this.stopping.signal);
      if (hasRotated || performance.now() - this.countedAtMs > COUNT_EVERY_MS) await this.count();
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) this.logger.warn(`the rotation of keys waits: ${String(error)}`);
      this.isFailing = true;
    }
  }

  private async count(): Promise<void> {
    const gauge = this.metrics.gauge(
      'secret_versions',
      'Versions of secrets by the master key that wraps their data keys.',
      { labels: ['kid'] },
    );
    const counts = await this.status.versionsByKey();
    gauge.clear();
    for (const [kid, count] of counts) gauge.of(kid).set(count);
    this.countedAtMs = performance.now();
  }
}
