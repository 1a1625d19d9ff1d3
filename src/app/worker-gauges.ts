import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { QUEUES } from '@app/contracts';
import { OutboxRelay } from '@app/outbox';
import { QueueSet } from '@app/queues';
import { type Family, type Gauge, Metrics } from '@app/telemetry';
import { AuditSealer } from '../audit';

/** Queues and outbox are asked at a scrape, but not more often; the answer is in the next one. */
const LOOK_EVERY_MS = 10_000;
const MS_PER_S = 1_000;
const STATES = ['waiting', 'active', 'delayed', 'failed', 'paused'] as const;

/** What only questions to the stores tell: whoever scrapes nothing asks nothing. */
@Injectable()
export class WorkerGauges implements OnModuleInit {
  private readonly logger = new Logger(WorkerGauges.name);
  private readonly jobs: Family<Gauge>;
  private readonly oldest: Family<Gauge>;
  private readonly dead: Family<Gauge>;
  private readonly pending: Gauge;
  private readonly lag: Gauge;
  private readonly chain: Gauge;
  private lookedAtMs = -LOOK_EVERY_MS;

  constructor(
    private readonly metrics: Metrics,
    private readonly queues: QueueSet,
    private readonly relay: OutboxRelay,
    private readonly sealer: AuditSealer,
  ) {
    this.jobs = metrics.gauge('queue_jobs', 'Messages in a queue.', { labels: ['queue', 'state'] });
    this.oldest = metrics.gauge('queue_oldest_job_age_seconds', 'How long the next message has been due.', {
      labels: ['queue'],
    });
    this.dead = metrics.gauge('dead_letters', 'Messages that were given up.', { labels: ['queue'] });
    this.pending = metrics.gauge('outbox_pending', 'Events that were not sent yet.').of();
    this.lag = metrics.gauge('outbox_lag_seconds', 'How old the oldest event is that was not sent yet.').of();
    this.chain = metrics.gauge('audit_chain_ok', '1 while the trail is sealed, 0 while it is not.').of();
  }

  onModuleInit(): void {
    this.metrics.onScrape(() => {
      this.lag.set(this.relay.state().lagMs / MS_PER_S);
      this.chain.set(Number(this.sealer.state().healthy));
      const now = performance.now();
      if (now - this.lookedAtMs < LOOK_EVERY_MS) return;
      this.lookedAtMs = now;
      this.look().catch((error: unknown) => {
        this.logger.debug(`queues could not be counted: ${String(error)}`);
      });
    });
  }

  /** One after the other: a back end has one connection for it. */
  private async look(): Promise<void> {
    this.pending.set(await this.relay.pendingCount());
    for (const queue of QUEUES) {
      const [counts, { oldestMs }] = [await this.queues.counts(queue), await this.queues.look(queue)];
      for (const state of STATES) this.jobs.of(queue, state).set(counts[state]);
      this.dead.of(queue).set(counts.failed);
      this.oldest.of(queue).set((oldestMs ?? 0) / MS_PER_S);
    }
  }
}
