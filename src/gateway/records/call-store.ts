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

/** Where calls end up. One that is there already changes nothing: a batch may be sent twice. */
export abstract class CallStore {
  abstract append(calls: readonly StoredCall[]): Promise<void>;
}
