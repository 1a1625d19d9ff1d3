import {
  type HrTime,
  type SpanContext,
  type SpanKind as Kind,
  type SpanStatusCode,
} from '@opentelemetry/api';
import { type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { type Scrubber } from '../scrubber';
import { isTraceparent, traceIdOf } from '../traceparent';
import { type Span, type SpanAttributes, type SpanKind } from './span';

export type ToReadable = (spans: readonly Span[]) => ReadableSpan[];

export interface ReadableOptions extends Pick<ReadableSpan, 'resource' | 'instrumentationScope'> {
  readonly scrubber: Scrubber;
  /** The library's numbers, which are loaded with it. */
  readonly numbers: { readonly SpanKind: typeof Kind; readonly SpanStatusCode: typeof SpanStatusCode };
}

/** Of any text: names of tools and addresses of resources are as long as their makers like. */
const TEXT_MAX = 1_024;
const MS_PER_S = 1_000;
const NS_PER_MS = 1e6;
/** Where the ids stand in a traceparent. */
const SPAN_AT = 36;
const SPAN_END = 52;
const FLAGS_AT = 53;

/** Puts our spans into the library's words, without any secret that is in use. */
export function readableSpans(options: ReadableOptions): ToReadable {
  const { resource, instrumentationScope, scrubber, numbers } = options;
  const kinds = kindsOf(numbers);
  const unset = { code: numbers.SpanStatusCode.UNSET };
  const failed = { code: numbers.SpanStatusCode.ERROR };
  return (spans) => {
    // Asked anew for each batch: the wall clock is set right now and then, and the other one never is.
    const offsetMs = Date.now() - performance.now();
    return spans.map((span) => {
      const { traceparent, parent, startedAtMs, endedAtMs, attributes = {}, error } = span;
      const context = contextOf(traceparent);
      const parentSpanContext = parentOf(context, parent);
      const durationMs = Math.max(0, endedAtMs - startedAtMs);
      return {
        ...{ resource, instrumentationScope, ended: true, links: [], events: [] },
        ...{ droppedAttributesCount: 0, droppedEventsCount: 0, droppedLinksCount: 0 },
        ...{ name: presentable(span.name, scrubber), kind: kinds[span.kind] },
        ...{ startTime: hrTime(startedAtMs + offsetMs), duration: hrTime(durationMs) },
        endTime: hrTime(startedAtMs + offsetMs + durationMs),
        spanContext: () => context,
        ...(parentSpanContext === undefined ? {} : { parentSpanContext }),
        status: error === undefined ? unset : failed,
        attributes: presentableAll({ ...attributes, 'error.type': error }, scrubber),
      };
    });
  };
}

const kindsOf = ({ SpanKind: kind }: ReadableOptions['numbers']): Readonly<Record<SpanKind, Kind>> => ({
  ...{ internal: kind.INTERNAL, server: kind.SERVER, client: kind.CLIENT },
  ...{ producer: kind.PRODUCER, consumer: kind.CONSUMER },
});

const contextOf = (traceparent: string): SpanContext => ({
  traceId: traceIdOf(traceparent),
  spanId: traceparent.slice(SPAN_AT, SPAN_END),
  traceFlags: Number.parseInt(traceparent.slice(FLAGS_AT), 16),
});

function parentOf({ traceId }: SpanContext, parent: string | undefined): SpanContext | undefined {
  if (parent === undefined || !isTraceparent(parent)) return undefined;
  const context = contextOf(parent);
  return context.traceId === traceId ? context : undefined;
}

const presentable = (text: string, scrubber: Scrubber): string => scrubber.scrub(text).slice(0, TEXT_MAX);

function presentableAll(
  attributes: SpanAttributes,
  scrubber: Scrubber,
): Record<string, string | number | boolean> {
  const shown: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) shown[name] = typeof value === 'string' ? presentable(value, scrubber) : value;
  }
  return shown;
}

function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / MS_PER_S);
  return [seconds, Math.floor((ms - seconds * MS_PER_S) * NS_PER_MS)];
}
