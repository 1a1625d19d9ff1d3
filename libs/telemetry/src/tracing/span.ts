export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** What has no value is left out. Never arguments, results, or anything else that passes through. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** A piece of work that is over. Its times are those of `performance.now()`. */
export interface Span {
  readonly name: string;
  readonly kind: SpanKind;
  /** Which trace it belongs to, and who it is there. */
  readonly traceparent: string;
  /** Whose part it is; what is of another trace, or no traceparent at all, is nobody. */
  readonly parent?: string | undefined;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** Those of the same object are written once for all spans that have it. */
  readonly attributes?: SpanAttributes;
  /** Of this span alone. */
  readonly own?: { readonly key: string; readonly text: string } | undefined;
  /** It failed: a code or the name of an error, never its words. */
  readonly error?: string | undefined;
}

/** Takes a span and returns at once: nothing here waits, throws, or asks anybody. */
export interface SpanSink {
  take(span: Span): void;
}
