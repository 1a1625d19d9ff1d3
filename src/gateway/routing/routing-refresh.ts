import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CHANNELS } from '@app/contracts';
import { isUuid } from '@app/kernel';
import { PubSub } from '@app/queues';
import { Backoff } from '@app/resilience';
import { RoutingTable } from './routing-table';

/** Covers every notice that was lost. */
const RELOAD_EVERY_MS = 30_000;
/** Notices that come together are answered by one question. */
const GATHER_MS = 25;
/** More notices than this at once: a complete look is cheaper. */
const GATHERED_MAX = 500;
const FIRST_LOAD_RETRY = { initialMs: 500, maxMs: 5_000 };

/** Keeps the table near the truth: by notices at once, by a complete look every 30 s, by another when a line was down. */
@Injectable()
export class RoutingRefresh implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(RoutingRefresh.name);
  private readonly gathered = new Set<string>();
  private readonly retry = new Backoff(FIRST_LOAD_RETRY);
  private timer: NodeJS.Timeout | undefined;
  private gatherTimer: NodeJS.Timeout | undefined;
  private unsubscribe: (() => Promise<void>) | undefined;
  private loading: Promise<void> | undefined;
  private isStopped = false;
  private isFailing = false;

  constructor(
    private readonly table: RoutingTable,
    private readonly pubsub: PubSub,
  ) {}

  /** Subscribed before the first look, so that nothing falls between the two. Neither keeps the process from starting. */
  async onApplicationBootstrap(): Promise<void> {
    this.pubsub.onReconnect(() => void this.loadAll());
    try {
      this.unsubscribe = await this.pubsub.subscribe(CHANNELS.instances, (id) => {
        this.notice(id);
      });
    } catch (error) {
      this.logger.warn(`changes of instances are noticed every ${RELOAD_EVERY_MS} ms only: ${String(error)}`);
    }
    await this.loadAll();
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    clearTimeout(this.gatherTimer);
    await this.unsubscribe?.();
    await this.loading;
  }

  private notice(id: string): void {
    if (!isUuid(id) || this.isStopped) return;
    this.gathered.add(id);
    this.gatherTimer ??= setTimeout(() => {
      this.gatherTimer = undefined;
      void this.refreshGathered();
    }, GATHER_MS).unref();
  }

  private async refreshGathered(): Promise<void> {
    const ids = [...this.gathered];
    this.gathered.clear();
    if (ids.length > GATHERED_MAX) return this.loadAll();
    try {
      await this.table.refresh(ids);
    } catch (error) {
      // The complete look repeats what is lost here.
      this.complainOnce(error);
    }
  }

  /** One at a time; never rejects; plans the next one. */
  private loadAll(): Promise<void> {
    this.loading ??= this.load().finally(() => {
      this.loading = undefined;
    });
    return this.loading;
  }

  private async load(): Promise<void> {
    clearTimeout(this.timer);
    try {
      await this.table.loadAll();
      this.isFailing = false;
      this.retry.reset();
      this.plan(RELOAD_EVERY_MS);
    } catch (error) {
      this.complainOnce(error);
      this.plan(this.retry.nextMs());
    }
  }

  private plan(delayMs: number): void {
    if (this.isStopped) return;
    this.timer = setTimeout(() => void this.loadAll(), delayMs).unref();
  }

  private complainOnce(error: unknown): void {
    if (!this.isFailing)
      this.logger.warn(`routes stay as they are, the database does not answer: ${String(error)}`);
    this.isFailing = true;
  }
}
