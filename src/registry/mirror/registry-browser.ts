import { Injectable, Logger } from '@nestjs/common';
import { Database } from '@app/database';
import { type KeysetPosition, type Page } from '@app/kernel';
import { EventAppender } from '@app/outbox';
import { StoredSettings } from '../../settings';
import { RegistryEntryUnknownError, RegistryNotConfiguredError } from '../domain/registry.errors';
import { refreshRequested } from '../domain/registry.events';
import { type EntryFilter, type MirrorEntry, MirrorRows, type MirrorState } from './mirror-rows';
import { RegistryMirror } from './registry-mirror';

/** Whoever cannot wait for the hour; a button that is pressed again asks nobody twice. */
const ASKED_AGAIN_AFTER_S = 15;

/** What the catalogue shows of another registry, from the copy. */
@Injectable()
export class RegistryBrowser {
  private readonly logger = new Logger(RegistryBrowser.name);

  constructor(
    private readonly rows: MirrorRows,
    private readonly mirror: RegistryMirror,
    private readonly settings: StoredSettings,
    private readonly db: Database,
    private readonly events: EventAppender,
  ) {}

  get url(): string {
    return this.settings.get('registry_url');
  }

  state(): Promise<MirrorState> {
    return this.rows.state();
  }

  page(filter: EntryFilter, limit: number, after: KeysetPosition | undefined): Promise<Page<MirrorEntry>> {
    return this.rows.page(filter, limit, after);
  }

  async get(name: string): Promise<MirrorEntry> {
    const entry = await this.rows.find(name);
    if (entry === undefined) throw new RegistryEntryUnknownError(name);
    return entry;
  }

  /** Begins a look, and does not wait for it: a registry may take minutes. */
  async refresh(): Promise<void> {
    // Whoever has just named a registry is not told that none is named.
    await this.settings.reload();
    const { url } = this;
    if (url === '') throw new RegistryNotConfiguredError();
    await this.db.transaction(() => this.events.append([refreshRequested(url)]));
    this.mirror.refresh(ASKED_AGAIN_AFTER_S).catch((error: unknown) => {
      this.logger.warn(`the copy of the registry stays as it is: ${String(error)}`);
    });
  }
}
