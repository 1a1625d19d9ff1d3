import { type CallRecord } from './call-record';

/** A record with what the request says of who and when. */
export interface StoredCall {
  readonly id: string;
  readonly at: Date;
  readonly actor: string;
  readonly keyId: string | null;
  readonly address: string | null;
  readonly requestId: string | null;
  readonly traceId: string | null;
  readonly workspaceId: string;
  readonly record: CallRecord;
}

/** Calls that wait to be written, as their store wants them: nothing of a call itself is kept. */
export interface CallPage {
  readonly count: number;
  add(call: StoredCall): void;
  /** The same calls on pages of which each has half of them; nothing for a single one. This page is used up by it. */
  halves(): CallPage[];
}

/** Where calls end up. One that is there already changes nothing: a batch may be sent twice. */
export abstract class CallStore<Page extends CallPage = CallPage> {
  abstract newPage(): Page;
  abstract append(pages: readonly Page[]): Promise<void>;
}
