import { WriteBehind } from '@app/resilience';
import { type Logger } from '../logger';
import { type Counter } from '../metrics/cells';
import { type Metrics } from '../metrics/metrics';
import { type Span, type SpanSink } from './span';

/** Spans kept while the collector is away, the newest: a few MB, and some seconds of a busy gateway. */
const BUFFERED_MAX = 8_192;
const BATCH_MAX = 512;
const FLUSH_EVERY_MS = 1_000;

/** Something that the collector read and would not have: sent again, it would be refused again. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

export interface CollectedSpansOptions {
  /** Rejects with a RefusedError, or with anything else while the collector is away. */
  readonly send: (spans: readonly Span[]) => Promise<void>;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** Gathers spans and sends them to a collector. Whoever hands one in waits for nothing, and what finds no room is counted. */
export class CollectedSpans implements SpanSink {
  private readonly spans: WriteBehind<Span>;
  private readonly sent: Counter;
  private readonly dropped: Counter;
  private isFailing = false;

  constructor(private readonly options: CollectedSpansOptions) {
    const { metrics } = options;
    this.sent = metrics.counter('spans_exported_total', 'Spans that the collector took.').of();
    this.dropped = metrics
      .counter('spans_dropped_total', 'Spans that the collector would not take, or that found no room.')
      .of();
    metrics.onScrape(() => {
      this.dropped.add(this.spans.takeDropped());
    });
    this.spans = new WriteBehind<Span>({
      ...{ capacity: BUFFERED_MAX, batchMax: BATCH_MAX, flushEveryMs: FLUSH_EVERY_MS },
      write: (batch) => this.write(batch),
      isAway: () => true,
      onAway: (error) => {
        this.failed(error, 'the newest wait');
      },
      onRefused: () => undefined,
    });
    this.spans.start();
  }

  take(span: Span): void {
    this.spans.push(span);
  }

  /** Sends what is left, as far as the limit allows; never rejects. */
  stop(limitMs: number): Promise<void> {
    return this.spans.stop(limitMs);
  }

  private async write(batch: readonly Span[]): Promise<void> {
    try {
      await this.options.send(batch);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      this.dropped.add(batch.length);
      this.failed(error, 'they are dropped');
      return;
    }
    this.sent.add(batch.length);
    if (this.isFailing) this.options.log.info('spans are sent again');
    this.isFailing = false;
  }

  /** One line for each time that it begins to fail. */
  private failed(error: unknown, consequence: string): void {
    if (!this.isFailing)
      this.options.log.warn({ err: error }, `spans cannot be sent to the collector: ${consequence}`);
    this.isFailing = true;
  }
}
