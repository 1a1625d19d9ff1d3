import { requestContext } from '../request-context';
import { childTraceparent, isSampled, newTraceparent } from '../traceparent';
import { type Span, type SpanAttributes, type SpanKind, type SpanSink } from './span';

export interface SpanAbout {
  readonly name: string;
  readonly kind?: SpanKind;
  readonly attributes?: SpanAttributes;
}

type Place = Pick<Span, 'traceparent' | 'parent'>;

/**
 * The spans of this process, as `requestContext` is its scope: whoever does something worth a span asks `isOn`, keeps when it
 * began, and hands in the whole span when it is over. Off, as it is unless somebody collects, that question is all it costs.
 */
class Tracer {
  /** A plain member: it is read for each call that passes. */
  isOn = false;
  private sink: SpanSink | undefined;

  open(sink: SpanSink): void {
    this.sink = sink;
    this.isOn = true;
  }

  close(): void {
    this.isOn = false;
    this.sink = undefined;
  }

  /** Whether spans of this trace are kept: whoever began it has decided. */
  follows(traceparent: string | undefined): traceparent is string {
    return this.isOn && traceparent !== undefined && isSampled(traceparent);
  }

  record(span: Span): void {
    if (this.isOn && isSampled(span.traceparent)) this.sink?.take(span);
  }

  /** Does the work as a part of its own of what is under way; without anything under way, or without tracing, just does it. */
  async within<T>(about: SpanAbout, work: () => Promise<T>): Promise<T> {
    const parent = requestContext.get()?.traceparent;
    return this.follows(parent)
      ? this.as(about, { traceparent: childTraceparent(parent), parent }, work)
      : work();
  }

  /** Does what nobody asked for and somebody should be able to follow: as the beginning of a trace. */
  async begin<T>(about: SpanAbout, work: () => Promise<T>): Promise<T> {
    return this.as(about, { traceparent: newTraceparent() }, work);
  }

  private async as<T>(about: SpanAbout, place: Place, work: () => Promise<T>): Promise<T> {
    const startedAtMs = performance.now();
    const end = (error?: string): void => {
      const { name, kind = 'internal', attributes = {} } = about;
      const endedAtMs = performance.now();
      this.record({ name, kind, ...place, startedAtMs, endedAtMs, attributes, error });
    };
    try {
      const result = await requestContext.under(place.traceparent, work);
      end();
      return result;
    } catch (error) {
      end(errorTypeOf(error));
      throw error;
    }
  }
}

export const tracer = new Tracer();

/** Our codes are stable and few; of what others throw, the name of the class is. */
export function errorTypeOf(error: unknown): string {
  const { code, name } = (typeof error === 'object' && error !== null ? error : {}) as {
    readonly code?: unknown;
    readonly name?: unknown;
  };
  if (typeof code === 'string') return code;
  return typeof name === 'string' ? name : 'error';
}
