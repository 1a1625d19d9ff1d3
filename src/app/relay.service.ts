import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { OutboxRelay } from '@app/outbox';
import { RecoverySweep } from '../instances';
import { type HealthIndicator } from '../observability';

/** Starts and stops the relay with the process. */
@Injectable()
export class RelayService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly relay: OutboxRelay,
    private readonly recovery: RecoverySweep,
  ) {}

  onApplicationBootstrap(): void {
    this.relay.onRecovered(() => {
      this.recovery.soon();
    });
    this.relay.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.relay.stop();
  }
}

/** A late event is a late start of somebody's instance: said, though nothing is lost. */
export const relayIndicator = (relay: OutboxRelay): HealthIndicator => ({
  name: 'outbox',
  requiredFor: 'info',
  check: () => {
    const { running, healthy, lagMs, lastError } = relay.state();
    const ok = running && healthy;
    const detail = ok
      ? `The oldest unsent event is ${String(Math.round(lagMs))} ms old.`
      : (lastError ?? 'The relay is not running.');
    return Promise.resolve({ ok, detail });
  },
});
