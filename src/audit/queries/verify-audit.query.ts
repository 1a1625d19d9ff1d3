import { Query } from '@nestjs/cqrs';
import { type Fault } from '../verify/fault';

/** A place of the chain that somebody wrote down: the chain must still have that hash there. */
export interface Anchor {
  readonly sequence: number;
  /** Hexadecimal. */
  readonly hash: string;
}

export interface VerifyReport {
  readonly fault: Fault | undefined;
  readonly fromSequence: number;
  /** The last link that was found whole; one below the first: none was. */
  readonly lastSequence: number;
  readonly links: number;
  readonly rows: number;
  /** Where to go on; undefined: the end, or a fault. */
  readonly nextSequence: number | undefined;
  readonly head: Anchor;
}

export class VerifyAuditQuery extends Query<VerifyReport> {
  constructor(
    readonly fromSequence: number,
    readonly linksMax: number,
    readonly anchor: Anchor | undefined,
  ) {
    super();
  }
}
