import { Injectable, Logger } from '@nestjs/common';
import { ChainKeys } from '../chain/chain-keys';
import { GENESIS } from '../chain/seal';
import { type Segment, signatureOf, type StoredSegment } from '../chain/segment';
import { SegmentStore } from '../persistence/segment-store';
import { Verifier } from '../verify/verifier';

const SEGMENT_MAX_AGE_MS = 24 * 3_600_000;
const SEGMENT_MAX_LINKS = 20_000;
/** Statements of one run; the next one goes on. */
const PORTIONS_MAX = 200;

/** Closes stretches of the chain under a signed summary, and lets the oldest of them go when their time is over. */
@Injectable()
export class SegmentKeeper {
  private readonly logger = new Logger(SegmentKeeper.name);

  constructor(
    private readonly segments: SegmentStore,
    private readonly verifier: Verifier,
    private readonly keys: ChainKeys,
  ) {}

  /** `isDue`: only a test closes one before its time. */
  async close(
    isDue = (ageMs: number, links: number) => ageMs >= SEGMENT_MAX_AGE_MS || links >= SEGMENT_MAX_LINKS,
  ) {
    const { at, links } = await this.segments.openSince();
    if (at === null || !isDue(Date.now() - at.getTime(), links)) return;
    const open = await this.segments.open();
    if (open === undefined) return;
    const { links: _links, ...summary } = open;
    const before = (await this.segments.all()).at(-1);
    const { id, key } = this.keys.current();
    const unsigned: Omit<Segment, 'signature'> = {
      ...summary,
      number: (before?.number ?? 0) + 1,
      keyId: id,
      previous: before?.signature ?? GENESIS,
    };
    await this.segments.insert({ ...unsigned, signature: signatureOf(key, unsigned) });
    this.logger.log(
      `audit segment ${String(unsigned.number)} is closed at link ${String(unsigned.lastSequence)}, hash ${unsigned.lastHash.toString('hex')}`,
    );
  }

  /** A segment that does not verify stays, as evidence, and everything after it. Says how many rows went. */
  async removeOld(): Promise<number> {
    let gone = await this.forgetRest();
    const due = await this.segments.due();
    if (due === undefined) return gone;
    if (!(await this.isIntact(due))) {
      this.logger.error(`audit segment ${String(due.number)} does not verify and is kept`);
      return gone;
    }
    gone += await this.forget(due.number);
    this.logger.log(`audit segment ${String(due.number)} was removed; its summary stays`);
    return gone;
  }

  private async forgetRest(): Promise<number> {
    const last = await this.segments.removedLast();
    return last === undefined ? 0 : this.forget(last);
  }

  private async forget(number: number): Promise<number> {
    let gone = 0;
    for (let portion = 0; portion < PORTIONS_MAX; portion += 1) {
      const count = await this.segments.forget(number);
      if (count === 0) break;
      gone += count;
    }
    return gone;
  }

  private async isIntact({ firstSequence, lastSequence }: StoredSegment): Promise<boolean> {
    let from = firstSequence;
    while (from <= lastSequence) {
      const { fault, lastSequence: reached } = await this.verifier.verify(from, lastSequence - from + 1);
      // What is wrong beyond the segment is no reason to keep it.
      if (fault !== undefined && fault.sequence <= lastSequence) return false;
      if (reached < from) return false;
      from = reached + 1;
    }
    return true;
  }
}
