import { Injectable } from '@nestjs/common';
import { ChainKeys } from '../chain/chain-keys';
import { EMPTY, type Head, hashOf, type Seal, SEAL_KINDS } from '../chain/seal';
import { type StoredSegment } from '../chain/segment';
import { SealableRows } from '../persistence/sealable-rows';
import { SealStore } from '../persistence/seal-store';
import { SegmentStore } from '../persistence/segment-store';
import { faultOfRows } from './compare-rows';
import { type Fault } from './fault';
import { faultOfSegments } from './segment-check';

/** Links that are in memory at once. */
const PAGE = 50;
/** Rows that one question may recompute; the next question goes on. */
const ROWS_MAX = 50_000;
/** Longer than sealing takes when nothing is wrong, a restart of the worker included. */
const UNSEALED_MAX_MS = 60_000;

export interface Verified {
  readonly fault: Fault | undefined;
  /** The last link that was looked at; one below the first when there was none. */
  readonly lastSequence: number;
  readonly links: number;
  readonly rows: number;
  readonly isEnd: boolean;
  readonly head: Head;
}

interface Walk {
  at: Head;
  links: number;
  rows: number;
  fault?: Fault;
}

/** Recomputes the chain from a link on: what is in the database against what was sealed, link by link and row by row. */
@Injectable()
export class Verifier {
  constructor(
    private readonly seals: SealStore,
    private readonly rows: SealableRows,
    private readonly segments: SegmentStore,
    private readonly keys: ChainKeys,
  ) {}

  async verify(from: number, linksMax: number): Promise<Verified> {
    const head = await this.seals.head();
    const segments = await this.segments.all();
    const start = await this.startAt(from, segments);
    const walk: Walk = { at: start ?? EMPTY, links: 0, rows: 0 };
    const broken =
      faultOfSegments(segments, this.keys) ?? (start === undefined ? gapAt(from - 1) : undefined);
    if (broken !== undefined) walk.fault = broken;
    else await this.walk(walk, { head, segments, linksMax });
    const isEnd = walk.fault === undefined && walk.at.sequence >= head.sequence;
    const fault = walk.fault ?? (isEnd ? await this.unsealed(head, segments) : undefined);
    const { links, rows } = walk;
    return { fault, lastSequence: walk.at.sequence, links, rows, isEnd, head };
  }

  /** Goes on to the end of what may be asked at once, or to the first fault. */
  private async walk(
    walk: Walk,
    { head, segments, linksMax }: { head: Head; segments: readonly StoredSegment[]; linksMax: number },
  ): Promise<void> {
    while (walk.at.sequence < head.sequence && walk.links < linksMax && walk.rows < ROWS_MAX) {
      const removed = segments.find(
        (each) => each.removedAt !== null && each.firstSequence === walk.at.sequence + 1,
      );
      if (removed !== undefined) {
        walk.at = endOf(removed);
        continue;
      }
      const page = await this.seals.from(walk.at.sequence + 1, Math.min(PAGE, linksMax - walk.links));
      if (page.length === 0) walk.fault = gapAt(walk.at.sequence + 1);
      for (const seal of page) {
        if (walk.fault !== undefined || walk.rows >= ROWS_MAX) return;
        await this.step(walk, seal);
      }
      if (walk.fault !== undefined) return;
    }
  }

  private async step(walk: Walk, seal: Seal): Promise<void> {
    const fault = (await this.faultOfLink(walk.at, seal)) ?? (await this.faultOfItsRows(walk.at, seal));
    if (fault !== undefined) {
      walk.fault = fault;
      return;
    }
    walk.at = { sequence: seal.sequence, hash: seal.hash, upTo: seal.upTo };
    walk.links += 1;
    walk.rows += seal.rowCount;
  }

  private async faultOfLink(before: Head, seal: Seal): Promise<Fault | undefined> {
    const due = before.sequence + 1;
    if (this.fits(before, seal)) return undefined;
    if (this.keys.find(seal.keyId) === undefined)
      return linkFault('unverifiable', seal.sequence, 'was made with a key that is not here.');
    // Does the link that belongs here stand somewhere else?
    const follower = await this.seals.follower(before.hash);
    if (
      follower !== undefined &&
      follower.sequence !== due &&
      this.fits(before, { ...follower, sequence: due })
    )
      return linkFault('reordered', due, `stands at ${String(follower.sequence)}.`);
    if (seal.sequence !== due) return gapAt(due);
    return linkFault('altered', due, 'is not what was written.');
  }

  private fits(before: Head, seal: Seal): boolean {
    const key = this.keys.find(seal.keyId);
    if (key === undefined || seal.sequence !== before.sequence + 1) return false;
    return seal.previous.equals(before.hash) && hashOf(key, seal).equals(seal.hash);
  }

  private async faultOfItsRows(before: Head, seal: Seal): Promise<Fault | undefined> {
    const { kind } = seal;
    const rows = await this.rows.between(kind, before.upTo[kind], seal.upTo[kind], seal.rowCount);
    return faultOfRows(seal, rows);
  }

  /** Where the link before the asked one ends; undefined: it is not there. */
  private async startAt(from: number, segments: readonly StoredSegment[]): Promise<Head | undefined> {
    if (from <= 1) return EMPTY;
    const inside = segments.find(
      (each) => each.removedAt !== null && from > each.firstSequence && from <= each.lastSequence + 1,
    );
    if (inside !== undefined) return endOf(inside);
    const [seal] = await this.seals.from(from - 1, 1);
    if (seal?.sequence !== from - 1) return undefined;
    return { sequence: seal.sequence, hash: seal.hash, upTo: seal.upTo };
  }

  private async unsealed(head: Head, segments: readonly StoredSegment[]): Promise<Fault | undefined> {
    const removed = segments.filter(({ removedAt }) => removedAt !== null).at(-1);
    const isRecent = (at: Date): boolean => Date.now() - at.getTime() < UNSEALED_MAX_MS;
    for (const kind of SEAL_KINDS) {
      if (
        removed?.removedAt &&
        !isRecent(removed.removedAt) &&
        (await this.rows.isAny(kind, removed.upTo[kind]))
      )
        return {
          ...{ fault: 'inserted', of: kind, sequence: removed.lastSequence },
          detail: 'There are rows where a segment was removed.',
        };
      const { count, oldestAt } = await this.rows.unsealed(kind, head.upTo[kind]);
      if (count > 0 && oldestAt !== null && !isRecent(oldestAt))
        return {
          ...{ fault: 'unsealed', of: kind, sequence: head.sequence },
          detail: `${String(count)} rows since ${oldestAt.toISOString()} are under no link.`,
        };
    }
    return undefined;
  }
}

const endOf = (segment: StoredSegment): Head => ({
  sequence: segment.lastSequence,
  hash: segment.lastHash,
  upTo: segment.upTo,
});

const linkFault = (fault: Fault['fault'], sequence: number, words: string): Fault => ({
  fault,
  of: 'link',
  sequence,
  detail: `Link ${String(sequence)} ${words}`,
});

const gapAt = (sequence: number): Fault => linkFault('missing', sequence, 'is gone.');
