import { canonicalJson } from '@app/kernel';
import { hmac } from './digests';
import { type Positions } from './seal';

/** A closed stretch of the chain in one signed row, which stays when the stretch itself goes. */
export interface Segment {
  readonly number: number;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly auditRows: number;
  readonly callRows: number;
  readonly upTo: Positions;
  /** Of the hashes of its links. */
  readonly digest: Buffer;
  readonly firstPrevious: Buffer;
  readonly lastHash: Buffer;
  readonly openedAt: Date;
  readonly closedAt: Date;
  readonly keyId: string;
  /** The signature of the segment before it. */
  readonly previous: Buffer;
  readonly signature: Buffer;
}

export interface StoredSegment extends Segment {
  readonly removedAt: Date | null;
}

export const signatureOf = (key: Buffer, segment: Omit<Segment, 'signature'>): Buffer =>
  hmac(
    key,
    canonicalJson({
      v: 1,
      what: 'segment',
      number: segment.number,
      first_sequence: segment.firstSequence,
      last_sequence: segment.lastSequence,
      audit_rows: segment.auditRows,
      call_rows: segment.callRows,
      audit: { tx: segment.upTo.audit.tx, entry: segment.upTo.audit.entry },
      calls: { tx: segment.upTo.calls.tx, entry: segment.upTo.calls.entry },
      digest: segment.digest.toString('hex'),
      first_previous: segment.firstPrevious.toString('hex'),
      last_hash: segment.lastHash.toString('hex'),
      opened_at: segment.openedAt.toISOString(),
      closed_at: segment.closedAt.toISOString(),
      key_id: segment.keyId,
      previous: segment.previous.toString('hex'),
    }),
  );
