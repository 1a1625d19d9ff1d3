import { type ChainKeys } from '../chain/chain-keys';
import { GENESIS } from '../chain/seal';
import { type Segment, signatureOf } from '../chain/segment';
import { type Fault } from './fault';

/** Summaries follow each other without a gap, and each is signed together with the one before it. */
export function faultOfSegments(
  segments: readonly Segment[],
  keys: Pick<ChainKeys, 'find'>,
): Fault | undefined {
  let before: Pick<Segment, 'number' | 'lastSequence' | 'lastHash' | 'signature'> = {
    ...{ number: 0, lastSequence: 0, lastHash: GENESIS, signature: GENESIS },
  };
  for (const segment of segments) {
    const key = keys.find(segment.keyId);
    if (key === undefined) return fault('unverifiable', segment, 'was signed with a key that is not here.');
    if (segment.number !== before.number + 1)
      return fault('missing', segment, 'does not follow the one before it.');
    const fits =
      segment.firstSequence === before.lastSequence + 1 &&
      segment.firstPrevious.equals(before.lastHash) &&
      segment.previous.equals(before.signature) &&
      signatureOf(key, segment).equals(segment.signature);
    if (!fits) return fault('altered', segment, 'is not what was signed.');
    before = segment;
  }
  return undefined;
}

const fault = (kind: Fault['fault'], { number, firstSequence }: Segment, words: string): Fault => ({
  fault: kind,
  of: 'segment',
  sequence: firstSequence,
  detail: `Segment ${String(number)} ${words}`,
});
