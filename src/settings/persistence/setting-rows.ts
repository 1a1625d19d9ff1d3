import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type JsonValue } from '@app/kernel';

export interface SettingRow {
  readonly name: string;
  readonly value: JsonValue;
  readonly version: number;
  readonly updatedAt: Date;
}

const COLUMNS = 'name, value, row_version::float8 AS version, updated_at AS "updatedAt"';

/** Only what somebody set has a row. A version is never given twice, so that one that was seen names one value. */
@Injectable()
export class SettingRows {
  constructor(private readonly db: Database) {}

  all(): Promise<readonly SettingRow[]> {
    return this.db.query<SettingRow>(`SELECT ${COLUMNS} FROM setting`);
  }

  /** Whoever changes a setting waits for whoever does so already, where there is no row to lock, too. */
  async lock(name: string): Promise<SettingRow | undefined> {
    await this.db.query(`SELECT pg_advisory_xact_lock(hashtextextended('setting:' || $1, 0))`, [name]);
    const [row] = await this.db.query<SettingRow>(`SELECT ${COLUMNS} FROM setting WHERE name = $1`, [name]);
    return row;
  }

  async put(name: string, value: JsonValue): Promise<SettingRow> {
    const [row] = await this.db.query<SettingRow>(
      `INSERT INTO setting (name, value) VALUES ($1, $2::jsonb)
       ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = now(), row_version = nextval('setting_version')
       RETURNING ${COLUMNS}`,
      [name, JSON.stringify(value)],
    );
    if (row === undefined) throw new Error('a setting was stored and is not there');
    return row;
  }

  async delete(name: string): Promise<void> {
    await this.db.execute(`DELETE FROM setting WHERE name = $1`, [name]);
  }
}
