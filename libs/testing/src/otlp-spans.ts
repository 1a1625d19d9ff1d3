import { parse } from 'protobufjs';

export interface OtlpAttribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: string };
}

/** A span as the protocol's JSON has it; numbers of 64 bits are texts. */
export interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly OtlpAttribute[];
  readonly status?: { readonly code: number };
  readonly flags: number;
}

export interface OtlpBatch {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] };
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string; readonly version: string };
      readonly spans: readonly OtlpSpan[];
    }[];
  }[];
}

/** What of opentelemetry-proto (trace/v1, common/v1, resource/v1) a collector needs to read our spans. */
const REQUEST = parse(`
  syntax = "proto3";
  message Request { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeSpans { Scope scope = 1; repeated Span spans = 2; }
  message Scope { string name = 1; string version = 2; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue {
    oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; }
  }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5; int32 kind = 6;
    fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8;
    repeated KeyValue attributes = 9; Status status = 15; fixed32 flags = 16;
  }
  message Status { string message = 2; int32 code = 3; }`).root.lookupType('Request');

/** Reads what our processes send to a collector. Throws when it is not what the protocol says. */
export function otlpSpansIn(body: Uint8Array): OtlpBatch {
  const read = REQUEST.toObject(REQUEST.decode(body), { longs: String, arrays: true }) as unknown;
  return JSON.parse(JSON.stringify(read, hexOfBytes)) as OtlpBatch;
}

/** A Buffer is asked for its own JSON before this sees it. */
function hexOfBytes(_key: string, value: unknown): unknown {
  const bytes = value as { readonly type?: unknown; readonly data?: readonly number[] } | null;
  return bytes !== null && typeof bytes === 'object' && bytes.type === 'Buffer'
    ? Buffer.from(bytes.data ?? []).toString('hex')
    : value;
}
