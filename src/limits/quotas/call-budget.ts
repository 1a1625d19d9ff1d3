import { type BeforeApplicationShutdown, Injectable, Logger, Optional } from '@nestjs/common';
import { type Clock, type DomainError, systemClock } from '@app/kernel';
import { SingleFlight } from '@app/resilience';
import { type Principal } from '@app/telemetry';
import { QuotaUnavailableError } from '../domain/limits.errors';
import { endOfUtcDay, utcDay } from '../domain/quota-resource';
import { type Drawn, QuotaRows } from '../persistence/quota-rows';
import { CallLimits } from './call-limits';
import { ownerId, ownerOf, type QuotaOwner } from './quota-owner';
import { Quotas } from './quotas';

const RESOURCE = 'tool_calls_per_day';
/** Of a day's calls, one process takes at most this part ahead: a crash loses no more of them. */
const BLOCK_PART = 1 / 20;
const BLOCK_MAX = 500;
/** A no is believed so long, of the quota as of the database. */
const PAUSE_MS = 1_000;
/** What is not used for so long goes back, so that another process can have it. */
const IDLE_MS = 15_000;

interface Block {
  readonly owner: QuotaOwner;
  day: string;
  tokens: number;
  waiting: number;
  usedAtMs: number;
  /** Why there is none, and until when that is believed. */
  refused: { readonly untilMs: number; readonly error: () => DomainError } | undefined;
}

interface Known {
  readonly owner: QuotaOwner;
  readonly limit: number | undefined;
}

/**
 * Tool calls per day. Blocks are leased from the database ahead of the calls; a call takes one from memory. More than the
 * limit is never given; while the database is away the rest of a block is, and then nothing.
 */
@Injectable()
export class CallBudget implements BeforeApplicationShutdown {
  private readonly logger = new Logger(CallBudget.name);
  private readonly flights = new SingleFlight<string, void>();
  /** Only callers with a limit have one. */
  private readonly blocks = new Map<string, Block>();
  private known = new WeakMap<Principal, Known>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly limits: CallLimits,
    private readonly rows: QuotaRows,
    private readonly quotas: Quotas,
    @Optional() private readonly clock: Clock = systemClock,
  ) {
    limits.onChange(() => {
      this.known = new WeakMap();
    });
    this.timer = setInterval(() => void this.returnIdle(), IDLE_MS).unref();
  }

  /** undefined: the call may be made. An error: it may not. `later`: the database has to be asked, with `wait`. */
  admit(principal: Principal): DomainError | 'later' | undefined {
    const { owner, limit } = this.knownOf(principal);
    if (limit === undefined) return this.limits.isLoaded ? undefined : new QuotaUnavailableError(RESOURCE);
    return this.takeFrom(this.blockOf(owner), limit);
  }

  /** The same with the database asked where memory does not say; rejects with why not. */
  async wait(principal: Principal): Promise<void> {
    const atOnce = this.admit(principal);
    if (atOnce === undefined) return;
    if (atOnce !== 'later') throw atOnce;
    const { owner, limit = 0 } = this.knownOf(principal);
    const block = this.blockOf(owner);
    block.waiting += 1;
    try {
      for (;;) {
        const now = this.takeFrom(block, limit);
        if (now === undefined) return;
        if (now !== 'later') throw now;
        await this.flights.run(ownerId(owner), () => this.lease(block, limit));
      }
    } finally {
      block.waiting -= 1;
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    for (const block of this.blocks.values()) await this.giveBack(block);
  }

  private takeFrom(block: Block, limit: number): DomainError | 'later' | undefined {
    const day = utcDay(this.clock.now());
    if (block.day !== day) Object.assign(block, { day, tokens: 0, refused: undefined });
    block.usedAtMs = this.clock.monotonicMs();
    if (block.tokens > 0) {
      block.tokens -= 1;
      // Before the last one is gone, so that nobody waits.
      if (block.tokens * 2 < blockSize(limit) && !this.isRefused(block))
        void this.flights.run(ownerId(block.owner), () => this.lease(block, limit));
      return undefined;
    }
    return this.isRefused(block) ? block.refused?.error() : 'later';
  }

  private isRefused({ refused }: Block): boolean {
    return refused !== undefined && this.clock.monotonicMs() < refused.untilMs;
  }

  /** Never rejects: whoever waits for it looks at the block afterwards. */
  private async lease(block: Block, limit: number): Promise<void> {
    const { owner, day } = block;
    const untilMs = this.clock.monotonicMs() + PAUSE_MS;
    const wanted = Math.max(blockSize(limit), block.waiting);
    try {
      const drawn = await this.rows.draw({ owner, resource: RESOURCE, day, least: 1, wanted });
      if (block.day !== day) return;
      block.tokens += drawn.granted;
      const error = () => this.quotas.refusal(refusalOf(drawn, this.clock.now()));
      block.refused = drawn.granted > 0 ? undefined : { untilMs, error };
    } catch (cause) {
      block.refused = { untilMs, error: () => new QuotaUnavailableError(RESOURCE, { cause }) };
    }
  }

  private async returnIdle(): Promise<void> {
    const oldestMs = this.clock.monotonicMs() - IDLE_MS;
    for (const [id, block] of this.blocks) {
      if (block.usedAtMs > oldestMs || block.waiting > 0) continue;
      await this.giveBack(block);
      if (block.tokens === 0 && block.usedAtMs <= oldestMs && block.waiting === 0) this.blocks.delete(id);
    }
  }

  private async giveBack(block: Block): Promise<void> {
    const { owner, day, tokens } = block;
    block.tokens = 0;
    if (tokens === 0) return;
    try {
      await this.rows.giveBack({ owner, resource: RESOURCE, day }, tokens);
    } catch (error) {
      this.logger.warn(`${tokens} calls of a quota could not be given back: ${String(error)}`);
    }
  }

  private blockOf(owner: QuotaOwner): Block {
    const id = ownerId(owner);
    const known = this.blocks.get(id);
    if (known !== undefined) return known;
    const made: Block = { owner, day: '', tokens: 0, waiting: 0, usedAtMs: 0, refused: undefined };
    this.blocks.set(id, made);
    return made;
  }

  private knownOf(principal: Principal): Known {
    const known = this.known.get(principal);
    if (known !== undefined) return known;
    const owner = ownerOf(principal);
    const made = { owner, limit: this.limits.of(owner) };
    this.known.set(principal, made);
    return made;
  }
}

const blockSize = (limit: number): number => Math.max(1, Math.min(BLOCK_MAX, Math.floor(limit * BLOCK_PART)));

const refusalOf = ({ scope, used, limit }: Drawn, now: Date) => ({
  ...{ resource: RESOURCE, scope: scope ?? 'workspace', used, limit },
  reset: endOfUtcDay(now),
});
