import { type JsonObject } from '@app/kernel';
import { type Keyring } from '@app/security';
import { bytewise } from './face-plan';
import { type Entry } from './joined-list';
import { invalid } from './refusals';

const PURPOSE = 'mcp-list-cursor';
/** Items of one page: enough for most, and small enough for clients that show pages. */
export const PAGE_ITEMS = 250;
const LIFETIME_MS = 60 * 60_000;

/** The list and the caller that a cursor is for. */
export interface PageOf {
  readonly principalId: string;
  readonly faceKey: string;
  readonly method: string;
}

export interface Page {
  readonly items: readonly JsonObject[];
  readonly nextCursor: string | undefined;
}

/** Cuts pages from a joined list. A cursor names the last item that was shown, so a list may change between two pages. */
export class Pages {
  constructor(
    private readonly keyring: Keyring,
    private readonly now: () => number = Date.now,
  ) {}

  cut(entries: readonly Entry[], cursor: unknown, of: PageOf): Page {
    const after = cursor === undefined ? undefined : this.open(cursor, of);
    const start = after === undefined ? 0 : firstAfter(entries, after);
    const part = entries.slice(start, start + PAGE_ITEMS);
    const last = part.at(-1);
    const isMore = last !== undefined && start + PAGE_ITEMS < entries.length;
    return {
      items: part.map(({ shown }) => shown),
      nextCursor: isMore ? this.seal(last, of) : undefined,
    };
  }

  private seal({ instance, original }: Entry, of: PageOf): string {
    const text = JSON.stringify([instance, original, this.now() + LIFETIME_MS]);
    return this.keyring.seal(PURPOSE, text, bound(of));
  }

  private open(cursor: unknown, of: PageOf): readonly [string, string] {
    const text = typeof cursor === 'string' ? this.keyring.open(PURPOSE, cursor, bound(of)) : undefined;
    if (text === undefined) throw invalid('The cursor is not one of ours, or belongs to another list');
    const [instance, original, expiresAtMs] = JSON.parse(text) as [string, string, number];
    if (expiresAtMs < this.now()) throw invalid('The cursor is too old; begin the list again');
    return [instance, original];
  }
}

const bound = ({ principalId, faceKey, method }: PageOf): string =>
  JSON.stringify([principalId, faceKey, method]);

function firstAfter(entries: readonly Entry[], [instance, original]: readonly [string, string]): number {
  const found = entries.findIndex(
    (entry) => (bytewise(entry.instance, instance) || bytewise(entry.original, original)) > 0,
  );
  return found === -1 ? entries.length : found;
}
