import { Logger } from '@nestjs/common';
import { pause } from '@app/resilience';
import { requestContext, systemScope } from '@app/telemetry';
import { type Carrier, type DueDelivery, type Outcome } from '../domain/delivery';
import { type DueDeliveries } from '../persistence/due-deliveries';
import { type Settlement } from './settlement';

/** While a message waits for its time, for its address or for another message. */
const LOOK_EVERY_MS = 1_000;
/** Whatever wakes it may be lost; so late is a message then that is the only one. */
const LOOK_WHEN_IDLE_MS = 15_000;
/** Under way to one address at once: who answers slowly does not take the slots of everybody else. */
const PER_TARGET = 2;

/** Sends what is due on one channel, as much at once as the channel has slots. Several workers may run one each. */
export class Courier {
  private readonly logger: Logger;
  private readonly stopping = new AbortController();
  private readonly underWay = new Map<string, { readonly targetId: string; readonly done: Promise<void> }>();
  private wake = new AbortController();
  private working: Promise<void> | undefined;
  private isFailing = false;

  constructor(
    private readonly carrier: Carrier,
    private readonly due: DueDeliveries,
    private readonly settlement: Settlement,
  ) {
    this.logger = new Logger(`Courier ${carrier.channel}`);
  }

  start(): void {
    this.working ??= requestContext.run(systemScope('notifications'), () => this.work());
  }

  nudge(): void {
    this.wake.abort();
  }

  /** Tries under way are waited for; what is cut off is taken by another worker when its lease has ended. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake.abort();
    await this.working;
    await Promise.all([...this.underWay.values()].map(({ done }) => done));
  }

  private async work(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.wake = new AbortController();
      const isIdle = await this.pass();
      await pause(isIdle ? LOOK_WHEN_IDLE_MS : LOOK_EVERY_MS, this.wake.signal).catch(() => undefined);
    }
  }

  /** Whether nothing waits. */
  private async pass(): Promise<boolean> {
    const limit = this.carrier.slots - this.underWay.size;
    if (limit <= 0) return false;
    try {
      const busy = [...this.underWay.values()].map(({ targetId }) => targetId);
      const { channel } = this.carrier;
      if (await this.due.isNone(channel)) return this.succeeded(true);
      for (const delivery of await this.due.claim({ channel, limit, perTarget: PER_TARGET, busy }))
        this.begin(delivery);
      return this.succeeded(false);
    } catch (error) {
      if (!this.isFailing) this.logger.warn(`deliveries wait: ${String(error)}`);
      this.isFailing = true;
      return false;
    }
  }

  private succeeded(isIdle: boolean): boolean {
    this.isFailing = false;
    return isIdle;
  }

  private begin(delivery: DueDelivery): void {
    const done = this.carry(delivery).finally(() => {
      this.underWay.delete(delivery.id);
      this.nudge();
    });
    this.underWay.set(delivery.id, { targetId: delivery.targetId, done });
  }

  private async carry(delivery: DueDelivery): Promise<void> {
    const began = performance.now();
    const outcome: Outcome = await this.carrier.carry(delivery);
    try {
      await this.settlement.settle(this.carrier.channel, delivery, outcome, performance.now() - began);
    } catch (error) {
      // It is sent again when its lease has ended, under the same id.
      this.logger.warn(`what became of ${delivery.id} could not be stored: ${String(error)}`);
    }
  }
}
