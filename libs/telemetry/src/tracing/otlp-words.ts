import { type Scrubber } from '../scrubber';
import { double, message, signed, text, unsigned } from './proto-bytes';
import { type SpanAttributes } from './span';

/** Of any text: names of tools and addresses of resources are as long as their makers like. */
const TEXT_MAX = 1_024;
/** What is remembered at once, of each kind. */
const KNOWN_MAX = 4_096;

/** Fields of `Span` and `KeyValue`; see opentelemetry-proto, trace/v1/trace.proto and common/v1/common.proto. */
const NAME = 5;
const ATTRIBUTE = 9;
const STATUS = 15;
const STATUS_CODE = 3;
const FAILED = 2;
const KEY = 1;
const VALUE = 2;
const STRING_VALUE = 1;
const BOOL_VALUE = 2;
const INT_VALUE = 3;
const DOUBLE_VALUE = 4;
const ERROR_TYPE = 'error.type';

const NOTHING = Buffer.alloc(0);

/**
 * What words of spans become, without any secret that is in use. Calls say mostly what those before them said, so each is
 * made once and remembered until `forget`: secrets come and go.
 */
export class OtlpWords {
  private readonly names = new Map<string, Buffer>();
  private readonly keys = new Map<string, Buffer>();
  private readonly endings = new Map<string, Buffer>();
  private readonly shared = new Map<SpanAttributes, Buffer>();

  constructor(private readonly scrubber: Scrubber) {}

  forget(): void {
    for (const known of [this.names, this.keys, this.endings, this.shared]) known.clear();
  }

  name(name: string): Buffer {
    return remembered(this.names, name, () => text(NAME, this.clean(name)));
  }

  /** Attributes that several spans have by the same object are written once. */
  attributes(attributes: SpanAttributes | undefined): Buffer {
    if (attributes === undefined) return NOTHING;
    return remembered(this.shared, attributes, () => this.list(ATTRIBUTE, attributes));
  }

  /** How a span ended. */
  ending(error: string | undefined): Buffer {
    if (error === undefined) return NOTHING;
    return remembered(this.endings, error, () =>
      Buffer.concat([
        this.list(ATTRIBUTE, { [ERROR_TYPE]: error }),
        message(STATUS, unsigned(STATUS_CODE, FAILED)),
      ]),
    );
  }

  list(field: number, attributes: SpanAttributes): Buffer {
    const parts: Buffer[] = [];
    for (const name in attributes) {
      const value = attributes[name];
      if (value !== undefined) parts.push(message(field, this.key(name), message(VALUE, this.value(value))));
    }
    return Buffer.concat(parts);
  }

  key(name: string): Buffer {
    return remembered(this.keys, name, () => text(KEY, this.clean(name)));
  }

  clean(words: string): string {
    return this.scrubber.scrub(words).slice(0, TEXT_MAX);
  }

  private value(value: string | number | boolean): Buffer {
    if (typeof value === 'string') return text(STRING_VALUE, this.clean(value));
    if (typeof value === 'boolean') return unsigned(BOOL_VALUE, Number(value));
    return Number.isSafeInteger(value) ? signed(INT_VALUE, value) : double(DOUBLE_VALUE, value);
  }
}

function remembered<K>(known: Map<K, Buffer>, key: K, make: () => Buffer): Buffer {
  const found = known.get(key);
  if (found !== undefined) return found;
  if (known.size >= KNOWN_MAX) known.clear();
  const made = make();
  known.set(key, made);
  return made;
}
