import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { pause } from '@app/resilience';
import { SealStore } from '../persistence/seal-store';
import { SegmentStore } from '../persistence/segment-store';
import { type Fault } from '../verify/fault';
import { type Verified, Verifier } from '../verify/verifier';
import { type Anchor, VerifyAuditQuery, type VerifyReport } from './verify-audit.query';

/** Rows that waited for the database in somebody's memory are old when they come: sealing gets this long before it is blamed. */
const SECOND_LOOK_AFTER_MS = 3_000;

@QueryHandler(VerifyAuditQuery)
export class VerifyAuditHandler implements IQueryHandler<VerifyAuditQuery> {
  constructor(
    private readonly verifier: Verifier,
    private readonly seals: SealStore,
    private readonly segments: SegmentStore,
  ) {}

  async execute({ fromSequence, linksMax, anchor }: VerifyAuditQuery): Promise<VerifyReport> {
    const verified = await this.verify(fromSequence, linksMax);
    const fault = (anchor === undefined ? undefined : await this.faultOf(anchor)) ?? verified.fault;
    const { lastSequence, links, rows, isEnd, head } = verified;
    return {
      ...{ fault, fromSequence, lastSequence, links, rows },
      nextSequence: fault !== undefined || isEnd ? undefined : lastSequence + 1,
      head: { sequence: head.sequence, hash: head.hash.toString('hex') },
    };
  }

  private async verify(from: number, linksMax: number): Promise<Verified> {
    const verified = await this.verifier.verify(from, linksMax);
    if (verified.fault?.fault !== 'unsealed') return verified;
    await pause(SECOND_LOOK_AFTER_MS);
    const again = await this.verifier.verify(verified.lastSequence + 1, linksMax);
    return { ...again, links: verified.links + again.links, rows: verified.rows + again.rows };
  }

  private async faultOf({ sequence, hash }: Anchor): Promise<Fault | undefined> {
    const [seal] = await this.seals.from(sequence, 1);
    if (seal?.sequence === sequence && seal.hash.toString('hex') === hash) return undefined;
    const segments = await this.segments.all();
    const isOfSegment = segments.some(
      (each) => each.lastSequence === sequence && each.lastHash.toString('hex') === hash,
    );
    if (isOfSegment) return undefined;
    const isRemoved = segments.some(
      ({ removedAt, firstSequence, lastSequence }) =>
        removedAt !== null && firstSequence <= sequence && sequence <= lastSequence,
    );
    return {
      fault: isRemoved ? 'unverifiable' : seal?.sequence === sequence ? 'altered' : 'missing',
      of: 'link',
      sequence,
      detail: isRemoved
        ? `Link ${String(sequence)} went with its segment; only the hash of the segment's last link is kept.`
        : `Link ${String(sequence)} does not have the hash that was written down.`,
    };
  }
}
