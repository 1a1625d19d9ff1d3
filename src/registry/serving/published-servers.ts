import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type Principal } from '@app/telemetry';
import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { Access, type Reach } from '../../identity';
import { type PublishedServer } from '../domain/published-server';
import { type NamedServer, type PublishedKind } from '../domain/server-names';

/** Everything of a workspace that runs, and whether it was published. A change of either is a new version. */
const RUNNING = `
  SELECT 'instance' AS kind, v.name, v.name AS suffix, v.id::text AS id,
         coalesce(nullif(v.description, ''), d.description, '') AS description,
         '1.' || v.generation || '.0' AS version, p.instance_id IS NOT NULL AS is_public,
         v.created_at, greatest(v.updated_at, p.published_at) AS updated_at
    FROM instance_view v
    LEFT JOIN server_definition d ON d.id = v.server_spec_id
    LEFT JOIN registry_publication p ON p.instance_id = v.id
   WHERE v.workspace_id = $1 AND v.status IN ('running', 'degraded')
  UNION ALL
  SELECT 'endpoint', e.name, 'endpoint.' || e.name, e.name, e.description,
         '1.' || e.row_version || '.0', p.endpoint IS NOT NULL,
         e.created_at, greatest(e.updated_at, p.published_at)
    FROM virtual_endpoint e
    LEFT JOIN registry_publication p ON p.workspace_id = e.workspace_id AND p.endpoint = e.name
   WHERE e.workspace_id = $1`;

/** Grants close things, and a key may be limited to some; nobody at all sees what was published. */
const SHOWN = `
  ($2::boolean OR is_public)
  AND ($3::text[] IS NULL OR kind <> 'instance' OR name = ANY ($3)) AND NOT (kind = 'instance' AND id = ANY ($4::text[]))
  AND ($5::text[] IS NULL OR kind <> 'endpoint' OR name = ANY ($5)) AND NOT (kind = 'endpoint' AND id = ANY ($6::text[]))`;

const PAGE = `
  SELECT kind, name, suffix, description, version, is_public, created_at, updated_at FROM (${RUNNING}) AS s
   WHERE ${SHOWN}
     AND ($7::text IS NULL OR position(lower($7) IN lower($8 || '/' || suffix)) > 0)
     AND ($9::text IS NULL OR version = $9)
     AND ($10::timestamptz IS NULL OR updated_at >= $10)
     AND suffix COLLATE "C" > $11
   ORDER BY suffix COLLATE "C" LIMIT $12`;

const ONE = `
  SELECT kind, name, suffix, description, version, is_public, created_at, updated_at FROM (${RUNNING}) AS s
   WHERE ${SHOWN} AND kind = $7 AND name = $8`;

interface Row {
  readonly kind: PublishedKind;
  readonly name: string;
  readonly suffix: string;
  readonly description: string;
  readonly version: string;
  readonly is_public: boolean;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export interface PublishedFilter {
  readonly search?: string | undefined;
  readonly version?: string | undefined;
  readonly updatedSince?: string | undefined;
}

export interface PublishedPage {
  readonly servers: readonly PublishedServer[];
  /** Where the next page begins; undefined: there is none. */
  readonly next: string | undefined;
}

export interface PublishedAsk extends PublishedFilter {
  readonly namespace: string;
  readonly after: string;
  readonly limit: number;
}

/** What a registry of ours tells: to callers what they may see, to everybody else what was published. */
@Injectable()
export class PublishedServers {
  constructor(
    private readonly db: Database,
    private readonly access: Access,
  ) {}

  async page(caller: Principal | undefined, ask: PublishedAsk): Promise<PublishedPage> {
    const { search = null, version = null, updatedSince = null, namespace, after, limit } = ask;
    const rows = await this.db.query<Row>(PAGE, [
      ...this.shownTo(caller),
      ...[search, namespace, version, updatedSince, after, limit + 1],
    ]);
    const shown = rows.slice(0, limit);
    return { servers: shown.map(toServer), next: rows.length > limit ? shown.at(-1)?.suffix : undefined };
  }

  async find(
    caller: Principal | undefined,
    { kind, name }: NamedServer,
  ): Promise<PublishedServer | undefined> {
    const [row] = await this.db.query<Row>(ONE, [...this.shownTo(caller), kind, name]);
    return row === undefined ? undefined : toServer(row);
  }

  /** Names are one workspace's: nobody at all is shown the first one's. */
  private shownTo(caller: Principal | undefined): readonly unknown[] {
    const instances = this.reach(caller, 'instances');
    const endpoints = this.reach(caller, 'endpoints');
    return [
      ...[caller?.workspaceId ?? DEFAULT_WORKSPACE_ID, caller !== undefined],
      ...[instances.onlyNames ?? null, instances.withoutIds],
      ...[endpoints.onlyNames ?? null, endpoints.withoutIds],
    ];
  }

  private reach(caller: Principal | undefined, type: 'instances' | 'endpoints'): Reach {
    if (caller === undefined) return { withoutIds: [] };
    const permission = `${type}:read`;
    // Nobody reads a kind that they may not read at all.
    return this.access.may(caller, permission)
      ? this.access.reach(caller, type, permission)
      : { onlyNames: [], withoutIds: [] };
  }
}

const toServer = ({ kind, name, description, version, ...row }: Row): PublishedServer => ({
  ...{ kind, name, description, version, isPublic: row.is_public },
  ...{ createdAt: row.created_at, updatedAt: row.updated_at },
});
