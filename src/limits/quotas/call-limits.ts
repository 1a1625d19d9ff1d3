import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CHANNELS } from '@app/contracts';
import { PubSub } from '@app/queues';
import { StoredSettings } from '../../settings';
import { type QuotaScope } from '../domain/limits.errors';
import { QuotaRows } from '../persistence/quota-rows';
import { type QuotaOwner } from './quota-owner';

/** Covers every notice that was lost. */
const RELOAD_EVERY_MS = 5_000;
const NOTICE_PREFIX = 'quota:';
const RESOURCE = 'tool_calls_per_day';

/** Whose tool calls are limited, in memory: the calls of everybody else touch no quota at all. */
@Injectable()
export class CallLimits implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(CallLimits.name);
  private readonly listeners = new Set<() => void>();
  private limits: ReadonlyMap<string, number | null> = new Map();
  private timer: NodeJS.Timeout | undefined;
  private unsubscribe: (() => Promise<void>) | undefined;
  private isFailing = false;
  /** Nothing is known of limits before; afterwards the last known ones stand. */
  isLoaded = false;

  constructor(
    private readonly rows: QuotaRows,
    private readonly settings: StoredSettings,
    private readonly pubsub: PubSub,
  ) {
    settings.onChange(() => {
      this.tell();
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    this.pubsub.onReconnect(() => void this.reload());
    try {
      this.unsubscribe = await this.pubsub.subscribe(CHANNELS.identity, (payload) => {
        if (payload.startsWith(NOTICE_PREFIX)) void this.reload();
      });
    } catch (error) {
      this.logger.warn(`changes of quotas are noticed every ${RELOAD_EVERY_MS} ms only: ${String(error)}`);
    }
    await this.reload();
    this.timer = setInterval(() => void this.reload(), RELOAD_EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.unsubscribe?.();
  }

  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** The lowest that applies; undefined for no limit. */
  of({ workspaceId, userId, keyId, agentId }: QuotaOwner): number | undefined {
    const found = [
      this.one(workspaceId, 'workspace', workspaceId),
      this.one(workspaceId, 'user', userId),
      this.one(workspaceId, 'key', keyId),
      this.one(workspaceId, 'agent', agentId),
    ].filter((limit) => typeof limit === 'number');
    return found.length === 0 ? undefined : Math.min(...found);
  }

  async reload(): Promise<void> {
    try {
      const rows = await this.rows.limitsOf(RESOURCE);
      this.limits = new Map(
        rows.map(({ workspaceId, scope, scopeId, limit }) => [keyOf(workspaceId, scope, scopeId), limit]),
      );
      this.isLoaded = true;
      this.isFailing = false;
      this.tell();
    } catch (error) {
      if (!this.isFailing) this.logger.warn(`quotas of calls stay as they are: ${String(error)}`);
      this.isFailing = true;
    }
  }

  private one(workspaceId: string, scope: QuotaScope, id: string | undefined): number | null {
    if (id === undefined) return null;
    const own = this.limits.get(keyOf(workspaceId, scope, id));
    return own === undefined ? (this.settings.get(`quota_${scope}_defaults`)[RESOURCE] ?? null) : own;
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

const keyOf = (workspaceId: string, scope: QuotaScope, id: string): string => `${workspaceId} ${scope} ${id}`;
