import { canonicalJson } from '@app/kernel';
import { hmac, sha256 } from './digests';

/** Where a row stands: number of its transaction (text, it has 64 bits) and its own number. */
export interface Position {
  readonly tx: string;
  readonly entry: string;
}

export const START: Position = { tx: '0', entry: '0' };

export type SealKind = 'audit' | 'calls';
export const SEAL_KINDS: readonly SealKind[] = ['audit', 'calls'];

export type Positions = Readonly<Record<SealKind, Position>>;

/** One link of the chain: the rows of one kind between the positions of the link before it and its own. */
export interface Seal {
  readonly sequence: number;
  readonly kind: SealKind;
  readonly keyId: string;
  readonly rowCount: number;
  /** How far both kinds are sealed when this link is made. */
  readonly upTo: Positions;
  /** Of the digests of all its rows, in their order. */
  readonly digest: Buffer;
  /** The first bytes of each of them, to find the one that does not fit. */
  readonly members: Buffer;
  readonly previous: Buffer;
  readonly hash: Buffer;
  readonly sealedAt: Date;
}

/** What the first link follows. */
export const GENESIS = Buffer.alloc(32);
export const MEMBER_BYTES = 4;

export interface Head {
  readonly sequence: number;
  readonly hash: Buffer;
  readonly upTo: Positions;
}

export const EMPTY: Head = { sequence: 0, hash: GENESIS, upTo: { audit: START, calls: START } };

/** The keyed hash of everything else that a link says: without the key nobody makes another one that fits. */
export const hashOf = (key: Buffer, seal: Omit<Seal, 'hash'>): Buffer =>
  hmac(
    key,
    canonicalJson({
      v: 1,
      sequence: seal.sequence,
      kind: seal.kind,
      key_id: seal.keyId,
      row_count: seal.rowCount,
      audit: { tx: seal.upTo.audit.tx, entry: seal.upTo.audit.entry },
      calls: { tx: seal.upTo.calls.tx, entry: seal.upTo.calls.entry },
      digest: seal.digest.toString('hex'),
      members: sha256(seal.members).toString('hex'),
      previous: seal.previous.toString('hex'),
      sealed_at: seal.sealedAt.toISOString(),
    }),
  );

/** Rows of one kind that follow each other, as they go under one link. */
export interface Portion {
  readonly rowCount: number;
  readonly last: Position;
  readonly digest: Buffer;
  readonly members: Buffer;
}

export function portionOf(digests: readonly Buffer[], last: Position): Portion {
  return {
    rowCount: digests.length,
    last,
    digest: sha256(Buffer.concat(digests)),
    members: Buffer.concat(digests.map((digest) => digest.subarray(0, MEMBER_BYTES))),
  };
}
