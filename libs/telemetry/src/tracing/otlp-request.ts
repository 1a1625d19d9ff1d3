import { type Scrubber } from '../scrubber';
import { OtlpWords } from './otlp-words';
import { message, opened, text } from './proto-bytes';
import { type SpanAttributes } from './span';
import { type SpanChunk } from './span-chunk';

export interface OtlpRequestOptions {
  readonly scrubber: Scrubber;
  /** Whose spans they are. */
  readonly resource: SpanAttributes;
  readonly scope: { readonly name: string; readonly version: string };
}

/** Fields of the same number in messages that hold each other: what belongs to all, then what is listed. */
const FIRST = 1;
const SECOND = 2;
/** Numbers and lengths of what holds the spans. */
const LENGTHS_BYTES = 12;

/** `ExportTraceServiceRequest` in binary; see opentelemetry-proto, collector/trace/v1/trace_service.proto. */
export class OtlpRequest {
  private readonly resource: Buffer;
  private readonly scope: Buffer;

  constructor({ scrubber, resource, scope }: OtlpRequestOptions) {
    this.resource = message(FIRST, new OtlpWords(scrubber).list(FIRST, resource));
    this.scope = message(FIRST, text(FIRST, scope.name), text(SECOND, scope.version));
  }

  /** Bytes that a chunk has to leave in front of its spans. */
  get headBytes(): number {
    return this.resource.length + this.scope.length + LENGTHS_BYTES;
  }

  /** Valid until the chunk is used again. */
  serializeRequest(chunk: SpanChunk): Uint8Array {
    const scoped = Buffer.concat([opened(SECOND, this.scope.length + chunk.spanBytes), this.scope]);
    const all = this.resource.length + scoped.length + chunk.spanBytes;
    return chunk.under(Buffer.concat([opened(FIRST, all), this.resource, scoped]));
  }

  /** Nothing in an answer is of use: what was refused is said by its status. */
  deserializeResponse(): object {
    return {};
  }
}
