import { Injectable, Logger } from '@nestjs/common';
import { CHANNELS } from '@app/contracts';
import { Database } from '@app/database';
import { assertVersion, type ExpectedVersions } from '@app/http';
import { isSameJson, type JsonValue } from '@app/kernel';
import { EventAppender } from '@app/outbox';
import { PubSub } from '@app/queues';
import { SettingInvalidError, SettingUnknownError } from './domain/setting.errors';
import { settingChanged } from './domain/setting.events';
import { type SettingKind } from './domain/setting-kinds';
import { type SettingRow, SettingRows } from './persistence/setting-rows';
import { StoredSettings } from './settings-in-memory';
import { isSettingName, SETTING_NAMES, type SettingName, SETTINGS } from './stored-settings';

export interface SettingView {
  readonly name: SettingName;
  readonly kind: SettingKind<JsonValue>;
  readonly value: JsonValue;
  /** 0 while it has its default. */
  readonly version: number;
  readonly updatedAt: Date | null;
}

/** Reads and changes settings as they are stored, not as some process knows them. */
@Injectable()
export class SettingsKeeper {
  private readonly logger = new Logger(SettingsKeeper.name);

  constructor(
    private readonly db: Database,
    private readonly rows: SettingRows,
    private readonly settings: StoredSettings,
    private readonly events: EventAppender,
    private readonly pubsub: PubSub,
  ) {}

  async list(): Promise<readonly SettingView[]> {
    const rows = new Map((await this.rows.all()).map((row) => [row.name, row]));
    return SETTING_NAMES.map((name) => viewOf(name, rows.get(name)));
  }

  async get(name: string): Promise<SettingView> {
    const known = nameOf(name);
    return viewOf(
      known,
      (await this.rows.all()).find((row) => row.name === known),
    );
  }

  async put(name: string, value: JsonValue, expected: ExpectedVersions): Promise<SettingView> {
    const known = nameOf(name);
    const faults = SETTINGS[known].faultsOf(value);
    if (faults.length > 0) throw new SettingInvalidError(known, faults);
    return this.change(known, expected, async () => viewOf(known, await this.rows.put(known, value)));
  }

  async reset(name: string, expected: ExpectedVersions): Promise<SettingView> {
    const known = nameOf(name);
    return this.change(known, expected, async () => {
      await this.rows.delete(known);
      return viewOf(known, undefined);
    });
  }

  private async change(
    name: SettingName,
    expected: ExpectedVersions,
    store: () => Promise<SettingView>,
  ): Promise<SettingView> {
    const changed = await this.db.transaction(async () => {
      const before = viewOf(name, await this.rows.lock(name));
      assertVersion(expected, before.version);
      const after = await store();
      const isReset = after.version === 0;
      if (!isSameJson(before.value, after.value) || (before.version === 0) !== isReset)
        await this.events.append(
          [settingChanged({ name, before: before.value, after: after.value, isReset })],
          { before: { value: before.value }, after: { value: after.value } },
        );
      return after;
    });
    this.announce(name);
    await this.settings.reload();
    return changed;
  }

  /** A lost notice costs as long as a process waits between two looks. */
  private announce(name: string): void {
    this.pubsub.publish(CHANNELS.identity, `setting:${name}`).catch((error: unknown) => {
      this.logger.warn(`change of ${name} was not announced: ${String(error)}`);
    });
  }
}

function nameOf(name: string): SettingName {
  if (!isSettingName(name)) throw new SettingUnknownError(name);
  return name;
}

function viewOf(name: SettingName, row: SettingRow | undefined): SettingView {
  const kind: SettingKind<JsonValue> = SETTINGS[name];
  const isUsable = row !== undefined && kind.faultsOf(row.value).length === 0;
  return {
    ...{ name, kind, value: isUsable ? row.value : kind.default },
    ...{ version: row?.version ?? 0, updatedAt: row?.updatedAt ?? null },
  };
}
