import { isTraceparent } from '../traceparent';
import { type OtlpWords } from './otlp-words';
import { lengthSize } from './proto-bytes';
import { type Span } from './span';

/** An attribute whose text is written in place: texts that differ with each span are not worth a buffer of their own. */
export interface OwnText {
  readonly key: Buffer;
  readonly text: string;
  readonly textBytes: number;
  /** Of `AnyValue`, */
  readonly valueBytes: number;
  /** of `KeyValue`, */
  readonly bytes: number;
}

/** What has to be known of a span before it is written: its length comes first. */
export interface SpanParts {
  readonly name: Buffer;
  readonly attributes: Buffer;
  readonly own: OwnText | undefined;
  readonly ending: Buffer;
  readonly parent: string | undefined;
  /** Bytes of the span without number and length, */
  readonly size: number;
  /** and with them. */
  readonly bytes: number;
}

/** Ids, kind, two times and flags, each with its number, without a parent. */
const FIXED_BYTES = 18 + 10 + 2 + 2 * 9 + 6;
const PARENT_BYTES = 10;
const TRACE_END = 35;

export function partsOf(span: Span, words: OtlpWords): SpanParts {
  const name = words.name(span.name);
  const attributes = words.attributes(span.attributes);
  const ending = words.ending(span.error);
  const own = span.own === undefined ? undefined : ownText(span.own, words);
  const parent = isPartOf(span) ? span.parent : undefined;
  const size =
    FIXED_BYTES +
    (parent === undefined ? 0 : PARENT_BYTES) +
    (own === undefined ? 0 : prefixed(own.bytes)) +
    (name.length + attributes.length + ending.length);
  return { name, attributes, own, ending, parent, size, bytes: prefixed(size) };
}

function ownText({ key, text }: NonNullable<Span['own']>, words: OtlpWords): OwnText {
  const clean = words.clean(text);
  const keyField = words.key(key);
  const textBytes = Buffer.byteLength(clean);
  const valueBytes = prefixed(textBytes);
  return { key: keyField, text: clean, textBytes, valueBytes, bytes: keyField.length + prefixed(valueBytes) };
}

/** With its number and its length before it. */
const prefixed = (bytes: number): number => 1 + lengthSize(bytes) + bytes;

/** What is of another trace, or no traceparent at all, is nobody. */
const isPartOf = ({ parent, traceparent }: Span): boolean =>
  parent?.slice(0, TRACE_END) === traceparent.slice(0, TRACE_END) && isTraceparent(parent);
