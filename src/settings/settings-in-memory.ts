import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { CHANNELS } from '@app/contracts';
import { PubSub } from '@app/queues';
import { SettingRows } from './persistence/setting-rows';
import { isSettingName, type SettingName, SETTINGS, type SettingTypes } from './stored-settings';

/** Covers every notice that was lost. */
const RELOAD_EVERY_MS = 5_000;
const NOTICE_PREFIX = 'setting:';

/**
 * The settings of this process: in memory, at hand without waiting, and near the truth. While the database is away they stay
 * as they were last seen.
 */
@Injectable()
export class StoredSettings implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(StoredSettings.name);
  private readonly listeners = new Set<() => void>();
  private values: ReadonlyMap<string, unknown> = new Map();
  private text = '[]';
  private loading: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private unsubscribe: (() => Promise<void>) | undefined;
  private isFailing = false;

  constructor(
    private readonly rows: SettingRows,
    private readonly pubsub: PubSub,
  ) {}

  /** Before anything is served, so that nothing runs on defaults where somebody set values. */
  async onModuleInit(): Promise<void> {
    this.pubsub.onReconnect(() => void this.reload());
    try {
      this.unsubscribe = await this.pubsub.subscribe(CHANNELS.identity, (payload) => {
        if (payload.startsWith(NOTICE_PREFIX)) void this.reload();
      });
    } catch (error) {
      this.logger.warn(`changes of settings are noticed every ${RELOAD_EVERY_MS} ms only: ${String(error)}`);
    }
    await this.reload();
    this.timer = setInterval(() => void this.reload(), RELOAD_EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.unsubscribe?.();
    await this.loading;
  }

  get<Name extends SettingName>(name: Name): SettingTypes[Name] {
    // Values are judged when they come in, and each kind's default is of its type.
    return (this.values.get(name) ?? SETTINGS[name].default) as SettingTypes[Name];
  }

  /** Called after values changed; for what is put together from them. */
  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** Never rejects. A look that is under way may have missed what asks for this one, so another follows it. */
  async reload(): Promise<void> {
    await this.loading;
    this.loading ??= this.load().finally(() => {
      this.loading = undefined;
    });
    await this.loading;
  }

  private async load(): Promise<void> {
    try {
      const rows = await this.rows.all();
      this.isFailing = false;
      this.take(rows.map(({ name, value }) => [name, value] as const));
    } catch (error) {
      if (!this.isFailing) this.logger.warn(`settings stay as they are: ${String(error)}`);
      this.isFailing = true;
    }
  }

  /** A value that no longer fits, of another version or written by hand, is as good as none. */
  private take(entries: readonly (readonly [string, unknown])[]): void {
    const text = JSON.stringify(entries);
    if (text === this.text) return;
    this.text = text;
    this.values = new Map(
      entries.filter(([name, value]) => isSettingName(name) && SETTINGS[name].faultsOf(value).length === 0),
    );
    for (const listener of this.listeners) listener();
  }
}
