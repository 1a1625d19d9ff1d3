import { type CallRecord } from '../records/call-record';
import { type StoredCall } from '../records/call-store';
import { DistinctLists } from './distinct-lists';

/** Column, its type, and what goes into it. */
type Column = readonly [name: string, type: string, of: (call: StoredCall) => unknown];

/** What many calls of a batch have in common: who called, what, where, and how it ended. */
export const SHARED: readonly Column[] = [
  ['actor', 'text', ({ actor }) => actor],
  ['key_id', 'text', ({ keyId }) => keyId],
  ['address', 'text', ({ address }) => address],
  ['workspace_id', 'uuid', ({ workspaceId }) => workspaceId],
  ['face', 'text', ({ record }) => record.face],
  ['method', 'text', ({ record }) => record.method],
  ['target', 'text', ({ record }) => record.target],
  ['instance_id', 'uuid', ({ record }) => record.instanceId],
  ['server_name', 'text', ({ record }) => record.serverName],
  ['endpoint_name', 'text', ({ record }) => record.endpointName],
  ['outcome', 'text', ({ record }) => record.outcome],
  ['code', 'text', ({ record }) => record.code],
  ['protocol_version', 'text', ({ record }) => record.protocolVersion],
];

/** The parts that calls of a batch share, each kept once. */
export class SharedParts {
  private readonly lists = new DistinctLists();
  private last: StoredCall | undefined;
  private lastPlace = 0;

  /** In the order of `SHARED`. */
  get all(): readonly (readonly unknown[])[] {
    return this.lists.all;
  }

  /** A call mostly shares all of it with the one before: then nothing is put together and nothing is looked for. */
  placeOf(call: StoredCall): number {
    if (this.last === undefined || !sharesAll(call, this.last))
      this.lastPlace = this.lists.placeOf(SHARED.map(([, , of]) => of(call)));
    this.last = call;
    return this.lastPlace;
  }
}

/** The columns of `SHARED`, written out: asking each column for both calls costs several times as much. */
const sharesAll = (one: StoredCall, other: StoredCall): boolean =>
  one.actor === other.actor &&
  one.keyId === other.keyId &&
  one.address === other.address &&
  one.workspaceId === other.workspaceId &&
  sameRecord(one.record, other.record);

const sameRecord = (one: CallRecord, other: CallRecord): boolean =>
  one.face === other.face &&
  one.method === other.method &&
  one.target === other.target &&
  one.instanceId === other.instanceId &&
  one.serverName === other.serverName &&
  one.endpointName === other.endpointName &&
  one.outcome === other.outcome &&
  one.code === other.code &&
  one.protocolVersion === other.protocolVersion;
