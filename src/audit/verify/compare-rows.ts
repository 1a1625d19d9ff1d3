import { sha256 } from '../chain/digests';
import { MEMBER_BYTES, type Seal } from '../chain/seal';
import { digestOf, type SealedRow } from '../chain/sealed-row';
import { type Fault, type FaultKind } from './fault';

/** Holds the rows that are there against the link that covers them; undefined: they are the same, in the same order. */
export function faultOfRows(seal: Seal, rows: readonly SealedRow[]): Fault | undefined {
  const digests = rows.map(digestOf);
  if (rows.length === seal.rowCount && sha256(Buffer.concat(digests)).equals(seal.digest)) return undefined;
  const expected = tagsOf(seal.members);
  const found = digests.map(tagOf);
  const at = expected.findIndex((tag, index) => tag !== found[index]);
  const place = at === -1 ? expected.length : at;
  const fault = kindOf(expected, found, place);
  const row = fault === 'missing' ? undefined : rows[place];
  return {
    fault,
    of: seal.kind,
    sequence: seal.sequence,
    ...(row === undefined ? {} : { rowId: row.id, workspaceId: row.workspaceId }),
    detail: `Row ${String(place + 1)} of ${String(seal.rowCount)} under link ${String(seal.sequence)} ${WORDS[fault]}`,
  };
}

const WORDS: Readonly<Record<'altered' | 'missing' | 'inserted' | 'reordered', string>> = {
  altered: 'is not what was sealed.',
  missing: 'is gone.',
  inserted: 'was put in after the link was made.',
  reordered: 'stands where another one stood.',
};

function kindOf(
  expected: readonly string[],
  found: readonly string[],
  at: number,
): Extract<FaultKind, keyof typeof WORDS> {
  if (isSameSet(expected, found)) return 'reordered';
  const [wanted, there] = [expected[at], found[at]];
  if (there === undefined || expected.indexOf(there, at) !== -1) return 'missing';
  if (wanted === undefined || found.indexOf(wanted, at) !== -1) return 'inserted';
  return 'altered';
}

const isSameSet = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && [...one].sort().join() === [...other].sort().join();

const tagOf = (digest: Buffer): string => digest.toString('hex', 0, MEMBER_BYTES);

const tagsOf = (members: Buffer): readonly string[] =>
  Array.from({ length: members.length / MEMBER_BYTES }, (_, index) =>
    members.toString('hex', index * MEMBER_BYTES, (index + 1) * MEMBER_BYTES),
  );
