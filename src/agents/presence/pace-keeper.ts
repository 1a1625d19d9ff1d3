import { Injectable } from '@nestjs/common';
import { type Pace, paceFor } from '../domain/pace';
import { PresenceRows } from './presence-rows';

/** Agents come and go slowly, compared with how often they speak. */
const COUNT_EVERY_MS = 5_000;

/** How often agents should speak, by how many there are now. */
@Injectable()
export class PaceKeeper {
  private current = paceFor(0);
  private countedAtMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly rows: PresenceRows) {}

  async pace(): Promise<Pace> {
    const nowMs = performance.now();
    if (nowMs - this.countedAtMs < COUNT_EVERY_MS) return this.current;
    this.countedAtMs = nowMs;
    this.current = paceFor(await this.rows.countPresent());
    return this.current;
  }
}
