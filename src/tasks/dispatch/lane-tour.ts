/**
 * Once around all lanes, chunk by chunk, from wherever it begins. The next tour begins one chunk further on, so that each
 * chunk is the first in its turn; with one chunk there is nothing to turn.
 */
export class LaneTour {
  private position: string | undefined;
  private hasWrapped: boolean;
  private following: string;

  constructor(private readonly first: string) {
    this.position = first;
    this.following = first;
    this.hasWrapped = first === '';
  }

  get startOfNext(): string {
    return this.following;
  }

  /** The lane behind which the next chunk begins; undefined: all were looked at. */
  next(): string | undefined {
    return this.position;
  }

  /** A chunk was looked at, up to this lane; undefined: it was the last one. */
  seen(lastLane: string | undefined): void {
    if (this.position === this.first) this.following = lastLane ?? '';
    if (lastLane === undefined && !this.hasWrapped) {
      this.hasWrapped = true;
      this.position = '';
      return;
    }
    const isAround = this.hasWrapped && this.first !== '' && lastLane !== undefined && lastLane >= this.first;
    this.position = isAround ? undefined : lastLane;
  }
}
