import { DomainError, type KeysetPosition } from '@app/kernel';
import { type Keyring } from '@app/security';
import { identityOf, requestContext } from '@app/telemetry';

export class InvalidCursorError extends DomainError {
  readonly code = 'invalid_cursor';
  readonly kind = 'malformed';
  readonly title = 'The cursor cannot be used';
  override readonly hint = 'Start again without a cursor, and change no filter between two pages.';
  constructor() {
    super('The cursor is not one of ours, is too old, or belongs to another list.', {
      errors: [{ pointer: '/query/cursor', code: 'invalid_cursor', detail: 'cursor cannot be used here' }],
    });
  }
}

const PURPOSE = 'cursor';
/** Nobody reads a list for longer; an endless one would be a capability that never ends. */
const LIFETIME_MS = 24 * 60 * 60 * 1_000;

export type ListFilter = Readonly<Record<string, unknown>>;

/** Opaque places in a list, sealed together with the filter, the sort order and the caller they were made for. */
export class Cursors {
  constructor(
    private readonly keyring: Keyring,
    private readonly now: () => number = Date.now,
  ) {}

  encode({ sort, id }: KeysetPosition, filter: ListFilter): string {
    const text = JSON.stringify([sort, id, this.now() + LIFETIME_MS]);
    return this.keyring.seal(PURPOSE, text, boundTo(filter));
  }

  decode(cursor: string, filter: ListFilter): KeysetPosition {
    const text = this.keyring.open(PURPOSE, cursor, boundTo(filter));
    if (text === undefined) throw new InvalidCursorError();
    // Only `encode` can have made what opens, so the shape needs no check.
    const [sort, id, expiresAtMs] = JSON.parse(text) as [string, string, number];
    if (expiresAtMs < this.now()) throw new InvalidCursorError();
    return { sort, id };
  }

  /** The place a request asks for, if any. */
  startOf(cursor: string | undefined, filter: ListFilter): KeysetPosition | undefined {
    return cursor === undefined ? undefined : this.decode(cursor, filter);
  }

  /** The `next_cursor` of an answer. */
  nextOf(position: KeysetPosition | null, filter: ListFilter): string | null {
    return position === null ? null : this.encode(position, filter);
  }
}

/** Sorted by name and without the absent, so that two spellings of one filter are one. */
function boundTo(filter: ListFilter): string {
  const present = Object.entries(filter).filter(([, value]) => value !== undefined);
  const sorted = present.sort(([one], [other]) => (one < other ? -1 : 1));
  const principal = requestContext.get()?.principal;
  return JSON.stringify([principal === undefined ? null : identityOf(principal), sorted]);
}
