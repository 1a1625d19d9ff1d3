import { WriteBehind } from '@app/resilience';
import { type Logger } from '../logger';
import { type Counter } from '../metrics/cells';
import { type Metrics } from '../metrics/metrics';
import { type OtlpWords } from './otlp-words';
import { type Span, type SpanSink } from './span';
import { SpanChunk } from './span-chunk';
import { partsOf } from './span-parts';

/** Kept while the collector is away, the newest: sixteen that are full, and one that was begun. 2 MB, a second of a busy gateway. */
const CHUNKS_MAX = 17;
/** Room of a chunk; a span of a call takes some 300 bytes. */
const CHUNK_BYTES = 128 * 1_024;
/** Kept for the next chunks: memory that comes and goes is looked through for garbage each time. */
const SPARE_MAX = 2;
const FLUSH_EVERY_MS = 1_000;

/** Something that the collector read and would not have: sent again, it would be refused again. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

export interface CollectedSpansOptions {
  /** Rejects with a RefusedError, or with anything else while the collector is away. */
  readonly send: (chunk: SpanChunk) => Promise<void>;
  readonly words: OtlpWords;
  /** Bytes that it needs in front of the spans. */
  readonly headBytes: number;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** Gathers spans and sends them to a collector. Whoever hands one in waits for nothing, and what finds no room is counted. */
export class CollectedSpans implements SpanSink {
  private readonly chunks: WriteBehind<SpanChunk>;
  private chunk: SpanChunk | undefined;
  private readonly spare: Buffer[] = [];
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
      this.dropped.add(this.chunks.takeDropped());
    });
    this.chunks = new WriteBehind<SpanChunk>({
      ...{ capacity: CHUNKS_MAX, batchMax: 1, flushEveryMs: FLUSH_EVERY_MS },
      weigh: ({ count }) => count,
      write: async ([chunk]) => {
        if (chunk !== undefined) await this.write(chunk);
      },
      isAway: () => true,
      onAway: (error) => {
        this.failed(error, 'the newest wait');
      },
      onRefused: () => undefined,
    });
    this.chunks.start(() => {
      this.close();
      options.words.forget();
    });
  }

  take(span: Span): void {
    const parts = partsOf(span, this.options.words);
    if (this.chunk?.hasRoom(parts.bytes) === false) this.close();
    this.chunk ??= this.newChunk(parts.bytes);
    this.chunk.write(span, parts);
  }

  /** Sends what is left, as far as the limit allows; never rejects. */
  stop(limitMs: number): Promise<void> {
    this.close();
    return this.chunks.stop(limitMs);
  }

  /** `bytes`: of the first span, which may be longer than a chunk. */
  private newChunk(bytes: number): SpanChunk {
    const { headBytes } = this.options;
    const needed = Math.max(CHUNK_BYTES, headBytes + bytes);
    const spare = needed === CHUNK_BYTES ? this.spare.pop() : undefined;
    return new SpanChunk(spare ?? Buffer.allocUnsafeSlow(needed), headBytes);
  }

  private close(): void {
    const { chunk } = this;
    this.chunk = undefined;
    if (chunk !== undefined) this.chunks.push(chunk);
  }

  private async write(chunk: SpanChunk): Promise<void> {
    try {
      await this.options.send(chunk);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      this.dropped.add(chunk.count);
      this.failed(error, 'they are dropped');
      return;
    }
    this.sent.add(chunk.count);
    this.reuse(chunk);
    if (this.isFailing) this.options.log.info('spans are sent again');
    this.isFailing = false;
  }

  /** The collector has answered: nobody reads it any more. */
  private reuse({ bytes }: SpanChunk): void {
    if (bytes.length === CHUNK_BYTES && this.spare.length < SPARE_MAX) this.spare.push(bytes);
  }

  /** One line for each time that it begins to fail. */
  private failed(error: unknown, consequence: string): void {
    if (!this.isFailing)
      this.options.log.warn({ err: error }, `spans cannot be sent to the collector: ${consequence}`);
    this.isFailing = true;
  }
}
