import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CHANNELS } from '@app/contracts';
import { DEFAULT_WORKSPACE_ID, isName, isUuid } from '@app/kernel';
import { PubSub } from '@app/queues';
import { Backoff } from '@app/resilience';
import { EndpointTable } from './endpoint-table';

/** Covers every notice that was lost. */
const RELOAD_EVERY_MS = 30_000;
const RETRY = { initialMs: 500, maxMs: 5_000 };

/** Keeps the table of endpoints near the truth: by notices at once, by a complete look every 30 s. */
@Injectable()
export class EndpointRefresh implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(EndpointRefresh.name);
  private readonly retry = new Backoff(RETRY);
  private timer: NodeJS.Timeout | undefined;
  private unsubscribe: (() => Promise<void>) | undefined;
  private loading: Promise<void> | undefined;
  private isStopped = false;
  private isFailing = false;

  constructor(
    private readonly table: EndpointTable,
    private readonly pubsub: PubSub,
  ) {}

  /** Subscribed before the first look, so that nothing falls between the two. Neither keeps the process from starting. */
  async onApplicationBootstrap(): Promise<void> {
    this.pubsub.onReconnect(() => void this.loadAll());
    try {
      this.unsubscribe = await this.pubsub.subscribe(CHANNELS.endpoints, (payload) => {
        this.notice(payload);
      });
    } catch (error) {
      this.logger.warn(`changes of endpoints are noticed every ${RELOAD_EVERY_MS} ms only: ${String(error)}`);
    }
    await this.loadAll();
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.unsubscribe?.();
    await this.loading;
  }

  /** `<workspace>:<name>`; a process of the version before names its endpoint alone. */
  private notice(payload: string): void {
    const at = payload.indexOf(':');
    const name = payload.slice(at + 1);
    const workspaceId = at < 0 ? DEFAULT_WORKSPACE_ID : payload.slice(0, at);
    if (!isName(name) || !isUuid(workspaceId) || this.isStopped) return;
    // The complete look repeats what is lost here.
    this.table.refresh({ workspaceId }, name).catch((error: unknown) => {
      this.complainOnce(error);
    });
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
      this.logger.warn(`endpoints stay as they are, the database does not answer: ${String(error)}`);
    this.isFailing = true;
  }
}
