import { isNativeError } from 'node:util/types';

import { type Scrubber } from './scrubber';

/** Longer strings are cut: one line must not fill a disk or a terminal. */
const MAX_STRING_LENGTH = 2048;
const MAX_DEPTH = 6;
const MAX_MEMBERS = 100;

/** Members whose value is never logged, whatever it is. */
const SECRET_KEY =
  /passw(or)?d|passphrase|secret$|secrets$|authorization|cookie|credential|api_?-?key|private_?-?key|master_?-?key|(^|_|-|[a-z])token$|bearer/i;
const REDACTED = '[redacted]';

const cut = (text: string): string =>
  text.length <= MAX_STRING_LENGTH
    ? text
    : `${text.slice(0, MAX_STRING_LENGTH)}… (${String(text.length - MAX_STRING_LENGTH)} more)`;

/** `instanceof` alone misses errors of another realm, `isNativeError` alone those that a platform class is. */
const isError = (value: unknown): value is Error => isNativeError(value) || value instanceof Error;

/** Makes any value fit to be logged: without secrets, bounded in length, breadth and depth, and never throwing. */
export class LogSanitizer {
  constructor(private readonly scrubber: Scrubber | undefined) {}

  text(text: string): string {
    // Scrubbed before it is cut: half a secret at the cut would pass unseen. A hundredfold of the limit is read at most.
    const bounded = text.length > MAX_STRING_LENGTH * 100 ? text.slice(0, MAX_STRING_LENGTH * 100) : text;
    return cut(this.scrubber?.scrub(bounded) ?? bounded);
  }

  /** `err` has the members `code`, `message`, `stack` whatever was thrown. */
  record(object: object): Record<string, unknown> {
    const { err, ...members } = object as { err?: unknown } & Record<string, unknown>;
    const record = this.value(members, 0) as Record<string, unknown>;
    return err === undefined ? record : { ...record, err: this.error(err, 0) };
  }

  private value(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'bigint') return value.toString();
    if (typeof value !== 'object' || value === null) return value;
    if (isError(value)) return this.error(value, depth);
    if (depth >= MAX_DEPTH) return '[too deep]';
    return Array.isArray(value) ? this.array(value, depth) : this.object(value, depth);
  }

  private array(items: readonly unknown[], depth: number): unknown[] {
    const kept = items.slice(0, MAX_MEMBERS).map((item) => this.value(item, depth + 1));
    return items.length > MAX_MEMBERS ? [...kept, `… ${String(items.length - MAX_MEMBERS)} more`] : kept;
  }

  private object(object: object, depth: number): unknown {
    if (object instanceof Date) return Number.isNaN(object.getTime()) ? 'Invalid Date' : object.toISOString();
    if (object instanceof Map || object instanceof Set) return this.array([...object], depth);
    if (ArrayBuffer.isView(object)) return `[${String(object.byteLength)} bytes]`;
    const result: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(object).slice(0, MAX_MEMBERS)) {
      result[this.text(key)] =
        SECRET_KEY.test(key) && isFilled(item) ? REDACTED : this.value(item, depth + 1);
    }
    return result;
  }

  private error(error: unknown, depth: number): Record<string, unknown> {
    if (!isError(error)) return this.thrown(error, depth);
    const code: unknown = 'code' in error ? error.code : undefined;
    return {
      ...(typeof code === 'string' || typeof code === 'number' ? { code } : { code: error.name }),
      message: this.text(error.message),
      ...(error.stack === undefined ? {} : { stack: this.text(error.stack) }),
      // Our messages are for callers; what the driver said is in the cause.
      ...(error.cause === undefined || depth >= 2 ? {} : { cause: this.error(error.cause, depth + 1) }),
    };
  }

  /** Anything can be thrown; the framework hands over a bare stack. */
  private thrown(value: unknown, depth: number): Record<string, unknown> {
    const shown = this.value(value, depth);
    return typeof shown === 'object' && shown !== null ? { ...shown } : { message: String(shown) };
  }
}

/** `token: null` and `secret: true` say something and hide nothing. */
const isFilled = (value: unknown): boolean =>
  (typeof value === 'string' && value !== '') || (typeof value === 'object' && value !== null);
