import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from '@app/database';
import { Semaphore } from '@app/resilience';
import { type Principal } from '@app/telemetry';
import { ownerOf, Quotas } from '../../limits';
import { ConnectionRows } from './connection-rows';

const KIND = 'websockets';
const SWEEP_EVERY_MS = 5_000;
/** A crowd that comes back must not take every connection to the database. */
const AT_ONCE = 4;
const WAITING_MAX = 10_000;

/**
 * Counts who is connected. What a process counted ends with it: each says every few seconds that it is there, and whoever
 * sees one that no longer does gives back what that one held.
 */
@Injectable()
export class ConnectionQuota implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(ConnectionQuota.name);
  private readonly process = randomUUID();
  private readonly held = new Set<string>();
  private readonly turns = new Semaphore(AT_ONCE, WAITING_MAX, 'Counting connections');
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> | undefined;

  constructor(
    private readonly db: Database,
    private readonly quotas: Quotas,
    private readonly rows: ConnectionRows,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.sweepQuietly();
    this.timer = setInterval(() => void this.sweepQuietly(), SWEEP_EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
    await this.rows.leave(this.process).catch((error: unknown) => {
      this.logger.debug(`others find out by themselves that this process is gone: ${String(error)}`);
    });
  }

  /** Throws a `QuotaExceededError`. Answers how to give it back. */
  async enter(principal: Principal): Promise<() => void> {
    const owner = ownerOf(principal);
    const holder = { kind: KIND, id: `${this.process}:${randomUUID()}` };
    // Before it is counted: a sweep must not take for forgotten what is about to be held.
    this.held.add(holder.id);
    const hold = (): Promise<void> =>
      this.db.transaction(() => this.quotas.hold(holder, { websocket_connections: 1 }, owner));
    try {
      await this.turns.run(hold);
    } catch (error) {
      this.held.delete(holder.id);
      throw error;
    }
    return () => {
      this.held.delete(holder.id);
      this.turns
        .run(() => this.db.transaction(() => this.quotas.release(holder, owner)))
        .catch((error: unknown) => {
          this.logger.debug(`a place is given back later: ${String(error)}`);
        });
    };
  }

  /** What nobody holds any more: of processes that are gone, and of our own that could not be given back. */
  async sweep(): Promise<void> {
    await this.rows.present(this.process);
    const held = await this.rows.heldBy(KIND);
    if (held.length === 0) return;
    const living = new Set(await this.rows.living());
    for (const { id, workspaceId } of held) {
      const process = id.slice(0, id.indexOf(':'));
      const isOver = process === this.process ? !this.held.has(id) : !living.has(process);
      if (isOver) await this.db.transaction(() => this.quotas.release({ kind: KIND, id }, { workspaceId }));
    }
  }

  private sweepQuietly(): Promise<void> {
    this.sweeping ??= this.sweep()
      .catch((error: unknown) => {
        this.logger.debug(`places of those who are gone are given back later: ${String(error)}`);
      })
      .finally(() => {
        this.sweeping = undefined;
      });
    return this.sweeping;
  }
}
