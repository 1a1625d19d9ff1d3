import { type Scrubber } from '../scrubber';
import { isTraceparent, traceIdOf } from '../traceparent';
import { type Span, type SpanAttributes, type SpanKind } from './span';

export interface OtlpSpansOptions {
  readonly scrubber: Scrubber;
  /** Whose spans they are. */
  readonly resource: SpanAttributes;
  readonly scope: { readonly name: string; readonly version: string };
}

/** Of any text: names of tools and addresses of resources are as long as their makers like. */
const TEXT_MAX = 1_024;
const NS_PER_MS = 1e6;
/** Digits of the nanoseconds within a millisecond. */
const NS_DIGITS = 6;
/** Where the ids stand in a traceparent. */
const SPAN_AT = 36;
const SPAN_END = 52;
const FLAGS_AT = 53;
/** Bit 8: whether the parent is of another process is said in bit 9. */
const FLAGS_KNOWN = 0x100;
/** Numbers of the protocol. */
const KINDS: Readonly<Record<SpanKind, number>> = {
  internal: 1,
  server: 2,
  client: 3,
  producer: 4,
  consumer: 5,
};
const UNSET = 0;
const FAILED = 2;
const ERROR_TYPE = 'error.type';

/**
 * Writes spans as the protocol has them in JSON, without any secret that is in use.
 *
 * The library's way, an object for each span and each of its attributes, costs as much as a whole call through the relay.
 * A call leaves two spans that mostly say what those of the call before said: a text is scrubbed and written once a batch.
 * See opentelemetry-proto, trace/v1/trace.proto, and "JSON Protobuf Encoding" of the OTLP specification.
 */
export class OtlpSpans {
  private readonly head: string;

  constructor(private readonly options: OtlpSpansOptions) {
    const { resource, scope } = options;
    const texts = new Texts(options.scrubber);
    this.head =
      `{"resourceSpans":[{"resource":{"attributes":[${texts.attributes(resource)}]},` +
      `"scopeSpans":[{"scope":${JSON.stringify(scope)},"spans":[`;
  }

  serializeRequest(spans: readonly Span[]): Uint8Array {
    const texts = new Texts(this.options.scrubber);
    // Asked anew for each batch: the wall clock is set right now and then, and the other one never is.
    const offsetMs = Date.now() - performance.now();
    return Buffer.from(`${this.head}${spans.map((span) => written(span, offsetMs, texts)).join(',')}]}]}]}`);
  }

  deserializeResponse(data: Uint8Array): unknown {
    return data.length === 0 ? {} : (JSON.parse(Buffer.from(data).toString('utf8')) as unknown);
  }
}

/** What texts of a batch become, each made once. */
class Texts {
  private readonly known = new Map<string, string>();
  private last:
    { readonly of: SpanAttributes; readonly error: string | undefined; readonly text: string } | undefined;

  constructor(private readonly scrubber: Scrubber) {}

  of(text: string): string {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    const made = JSON.stringify(this.scrubber.scrub(text).slice(0, TEXT_MAX));
    this.known.set(text, made);
    return made;
  }

  /** The two spans of a call share their attributes, and come one after the other. */
  attributes(attributes: SpanAttributes, error?: string): string {
    if (this.last?.of === attributes && this.last.error === error) return this.last.text;
    let text = '';
    for (const name in attributes) {
      const value = attributes[name];
      if (value !== undefined && (error === undefined || name !== ERROR_TYPE))
        text += this.attribute(name, value);
    }
    if (error !== undefined) text += this.attribute(ERROR_TYPE, error);
    text = text.slice(1);
    this.last = { of: attributes, error, text };
    return text;
  }

  private attribute(name: string, value: string | number | boolean): string {
    return `,{"key":${this.of(name)},"value":{${this.value(value)}}}`;
  }

  private value(value: string | number | boolean): string {
    if (typeof value === 'string') return `"stringValue":${this.of(value)}`;
    if (typeof value === 'boolean') return `"boolValue":${String(value)}`;
    if (Number.isSafeInteger(value)) return `"intValue":${String(value)}`;
    return `"doubleValue":${Number.isFinite(value) ? String(value) : `"${String(value)}"`}`;
  }
}

const NO_ATTRIBUTES: SpanAttributes = {};

/** Ids are written as they are: a traceparent is made by us, or was read as one. */
function written(span: Span, offsetMs: number, texts: Texts): string {
  const { traceparent, parent, startedAtMs, endedAtMs, attributes = NO_ATTRIBUTES, error } = span;
  const traceId = traceIdOf(traceparent);
  const startMs = startedAtMs + offsetMs;
  const endMs = startMs + Math.max(0, endedAtMs - startedAtMs);
  const flags = FLAGS_KNOWN + Number.parseInt(traceparent.slice(FLAGS_AT), 16);
  return (
    `{"traceId":"${traceId}","spanId":"${traceparent.slice(SPAN_AT, SPAN_END)}",` +
    `${parentOf(traceId, parent)}"name":${texts.of(span.name)},"kind":${String(KINDS[span.kind])},` +
    `"startTimeUnixNano":"${nanoseconds(startMs)}","endTimeUnixNano":"${nanoseconds(endMs)}",` +
    `"attributes":[${texts.attributes(attributes, error)}],` +
    `"status":{"code":${String(error === undefined ? UNSET : FAILED)}},"flags":${String(flags)}}`
  );
}

function parentOf(traceId: string, parent: string | undefined): string {
  if (parent === undefined || !isTraceparent(parent) || traceIdOf(parent) !== traceId) return '';
  return `"parentSpanId":"${parent.slice(SPAN_AT, SPAN_END)}",`;
}

/** Since 1970, in digits: more of them than a number keeps. */
function nanoseconds(ms: number): string {
  const whole = Math.floor(ms);
  return `${String(whole)}${String(Math.floor((ms - whole) * NS_PER_MS)).padStart(NS_DIGITS, '0')}`;
}
