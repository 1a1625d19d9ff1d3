import { Injectable } from '@nestjs/common';
import { Database, storableJson } from '@app/database';
import { type JsonObject, type KeysetPosition, type Page } from '@app/kernel';
import { type SeenEntry } from './read-page';

export type MirrorStatus = 'idle' | 'running' | 'succeeded' | 'failed';

export interface MirrorState {
  readonly url: string;
  readonly status: MirrorStatus;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** Start of the last look that came to its end. */
  readonly syncedAt: Date | null;
  readonly detail: string;
  readonly entries: number;
}

/** One look at the registry, claimed by this process. */
export interface Look {
  readonly number: number;
  /** Of the look before; undefined: everything is asked for. */
  readonly since: string | undefined;
}

export interface MirrorEntry extends Omit<SeenEntry, 'updatedAt'> {
  readonly updatedAt: Date | null;
}

export interface EntryFilter {
  readonly q?: string | undefined;
  readonly kind?: string | undefined;
}

/** A process that died in the middle of a look is believed dead after this long. */
const LOOK_MAX_MINUTES = 15;
/** Clocks differ, and a registry takes a moment to show what it was given. */
const OVERLAP_MINUTES = 10;
/** What was missed comes with the next look at everything. */
const WHOLE_EVERY_HOURS = 24;
export const ENTRIES_MAX = 50_000;

const CLAIM = `
  INSERT INTO registry_mirror AS m (only_one, url, status, look, started_at) VALUES (true, $1, 'running', 1, now())
  ON CONFLICT (only_one) DO UPDATE SET
    look = m.look + 1, status = 'running', started_at = now(), url = $1, detail = '',
    synced_at = CASE WHEN m.url = $1 THEN m.synced_at END, whole_at = CASE WHEN m.url = $1 THEN m.whole_at END
  WHERE (m.status <> 'running' OR m.started_at < now() - make_interval(mins => ${LOOK_MAX_MINUTES}))
    AND (m.url <> $1 OR m.finished_at IS NULL OR m.finished_at < now() - make_interval(secs => $2))
  RETURNING m.look, CASE WHEN m.whole_at > now() - make_interval(hours => ${WHOLE_EVERY_HOURS})
                         THEN m.synced_at - make_interval(mins => ${OVERLAP_MINUTES}) END AS since`;
const FINISH = `
  UPDATE registry_mirror SET status = $2, detail = $3, finished_at = now(),
         synced_at = CASE WHEN $2 = 'succeeded' THEN started_at ELSE synced_at END,
         whole_at = CASE WHEN $2 = 'succeeded' AND $4::boolean THEN started_at ELSE whole_at END
   WHERE look = $1`;
const STORE = `
  INSERT INTO registry_entry (name, title, description, version, status, kinds, document, updated_at, seen_in)
  SELECT DISTINCT ON (name) name, title, description, version, status, kinds, document, "updatedAt", $2
    FROM jsonb_to_recordset($1::jsonb) AS g (name text, title text, description text, version text, status text,
                                             kinds text[], document jsonb, "updatedAt" timestamptz)
  ON CONFLICT (name) DO UPDATE SET title = excluded.title, description = excluded.description, version = excluded.version,
    status = excluded.status, kinds = excluded.kinds, document = excluded.document, updated_at = excluded.updated_at,
    seen_in = excluded.seen_in`;
const COLUMNS = `name, title, description, version, status, kinds, document, updated_at`;

interface EntryRow {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly version: string;
  readonly status: string;
  readonly kinds: string[];
  readonly document: JsonObject;
  readonly updated_at: Date | null;
}

interface StateRow {
  readonly url: string;
  readonly status: MirrorStatus;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly synced_at: Date | null;
  readonly detail: string;
}

type Looked = Omit<MirrorState, 'entries'>;
const NEVER: Looked = {
  ...{ url: '', status: 'idle', detail: '', startedAt: null, finishedAt: null, syncedAt: null },
};
const toState = ({ url, status, detail, ...row }: StateRow): Looked => ({
  ...{ url, status, detail, startedAt: row.started_at, finishedAt: row.finished_at },
  syncedAt: row.synced_at,
});

/** The copy of the other registry, and how it came about. */
@Injectable()
export class MirrorRows {
  constructor(private readonly db: Database) {}

  async state(): Promise<MirrorState> {
    const [row] = await this.db.query<StateRow>(
      `SELECT url, status, started_at, finished_at, synced_at, detail FROM registry_mirror`,
    );
    const [count] = await this.db.query<{ entries: number }>(
      `SELECT count(*)::int AS entries FROM registry_entry`,
    );
    return { ...(row === undefined ? NEVER : toState(row)), entries: count?.entries ?? 0 };
  }

  /** One process looks at a time; undefined: another one does, or the last look is not old enough. */
  async claim(url: string, minAgeS: number): Promise<Look | undefined> {
    // What another registry offered is not offered under this one's name.
    await this.db.execute(
      `DELETE FROM registry_entry WHERE EXISTS (SELECT FROM registry_mirror WHERE url <> $1)`,
      [url],
    );
    const [row] = await this.db.query<{ look: string; since: Date | null }>(CLAIM, [url, minAgeS]);
    if (row === undefined) return undefined;
    return { number: Number(row.look), since: row.since?.toISOString() };
  }

  async store(look: Look, entries: readonly SeenEntry[], gone: readonly string[]): Promise<void> {
    await this.db.execute(STORE, [storableJson(entries), look.number]);
    if (gone.length > 0) await this.db.execute(`DELETE FROM registry_entry WHERE name = ANY ($1)`, [gone]);
  }

  /** After a look at everything: what it did not see is no longer offered. */
  async succeed(look: Look, detail: string): Promise<void> {
    const isWhole = look.since === undefined;
    await this.db.transaction(async () => {
      if (isWhole) await this.db.execute(`DELETE FROM registry_entry WHERE seen_in <> $1`, [look.number]);
      await this.db.execute(FINISH, [look.number, 'succeeded', detail, isWhole]);
    });
  }

  async fail(look: Look, detail: string): Promise<void> {
    await this.db.execute(FINISH, [look.number, 'failed', detail, false]);
  }

  async page(
    { q = '', kind }: EntryFilter,
    limit: number,
    after: KeysetPosition | undefined,
  ): Promise<Page<MirrorEntry>> {
    const rows = await this.db.query<EntryRow>(
      `SELECT ${COLUMNS} FROM registry_entry
        WHERE ($1 = '' OR position(lower($1) IN lower(name || ' ' || title || ' ' || description)) > 0)
          AND ($2::text IS NULL OR $2 = ANY (kinds)) AND name > $3
        ORDER BY name LIMIT $4`,
      [q, kind ?? null, after?.id ?? '', limit + 1],
    );
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const more = rows.length > limit && last !== undefined;
    return { items: shown.map(toEntry), next: more ? { sort: last.name, id: last.name } : null };
  }

  async find(name: string): Promise<MirrorEntry | undefined> {
    const [row] = await this.db.query<EntryRow>(`SELECT ${COLUMNS} FROM registry_entry WHERE name = $1`, [
      name,
    ]);
    return row === undefined ? undefined : toEntry(row);
  }
}

const toEntry = ({ updated_at: updatedAt, ...rest }: EntryRow): MirrorEntry => ({ ...rest, updatedAt });
