import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type JsonObject, type JsonValue } from '@app/kernel';
import { type Manifest, type NamedItem, OWN_SECRET, withPrefix } from '../domain/manifest';

/** More than an installation is made for; an export that silently ended would be worse than one that is refused. */
const ROWS_MAX = 20_000;

/** Built-in definitions are there in every installation, and come with each version anew. */
const SERVERS = `
  SELECT name, description, docker_image_url, version, tags, status, is_public, env_schema, defaults
    FROM server_definition WHERE workspace_id = $1 AND NOT built_in ORDER BY name COLLATE "C" LIMIT ${String(ROWS_MAX)}`;
const INSTANCES = `
  SELECT i.id, i.name, i.description, i.labels, i.agent_id, i.json_spec, i.replicas, i.desired_state, d.name AS server
    FROM instances i LEFT JOIN server_definition d ON d.id = i.server_spec_id
   WHERE i.workspace_id = $1 AND i.deleted_at IS NULL AND i.desired_state <> 'deleted'
   ORDER BY i.name COLLATE "C" LIMIT ${String(ROWS_MAX)}`;
const ENDPOINTS = `
  SELECT name, description, instances, tools, prefix FROM virtual_endpoint
   WHERE workspace_id = $1 ORDER BY name COLLATE "C" LIMIT ${String(ROWS_MAX)}`;
const PIPELINES = `
  SELECT p.name, v.definition,
         (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'cron', s.cron, 'timezone', s.timezone, 'overlap', s.overlap, 'missed', s.missed,
                   'input_data', s.input, 'parameters', s.parameters, 'enabled', s.enabled)
                   || CASE WHEN s.notification IS NULL THEN '{}'::jsonb ELSE jsonb_build_object('notification', s.notification) END
                   ORDER BY s.cron, s.timezone, s.created_at, s.id), '[]'::jsonb)
            FROM pipeline_schedule s WHERE s.pipeline_id = p.id) AS schedules
    FROM pipeline p JOIN pipeline_version v ON v.pipeline_id = p.id AND v.version = p.version
   WHERE p.workspace_id = $1 AND p.archived_at IS NULL ORDER BY p.name COLLATE "C" LIMIT ${String(ROWS_MAX)}`;
const SETTINGS = `SELECT name, value FROM setting ORDER BY name COLLATE "C"`;

interface ServerRow extends JsonObject {
  readonly name: string;
  readonly defaults: JsonObject;
}
interface InstanceRow {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly labels: JsonObject;
  readonly agent_id: string | null;
  readonly json_spec: JsonObject;
  readonly replicas: number;
  readonly desired_state: string;
  readonly server: string | null;
}
interface PipelineRow {
  readonly name: string;
  readonly definition: JsonObject;
  readonly schedules: readonly JsonObject[];
}
interface SettingRow {
  readonly name: string;
  readonly value: JsonValue;
}

/** Everything that was declared, from one moment. */
@Injectable()
export class ManifestRows {
  constructor(private readonly db: Database) {}

  read(workspaceId: string): Promise<Required<Manifest>> {
    const of = [workspaceId];
    return this.db.transaction(
      async () => ({
        servers: (await this.db.query<ServerRow>(SERVERS, of)).map(serverOf),
        instances: (await this.db.query<InstanceRow>(INSTANCES, of)).map(instanceOf),
        endpoints: await this.db.query<NamedItem>(ENDPOINTS, of),
        pipelines: (await this.db.query<PipelineRow>(PIPELINES, of)).map(pipelineOf),
        settings: Object.fromEntries(
          (await this.db.query<SettingRow>(SETTINGS)).map(({ name, value }) => [name, value]),
        ),
      }),
      { isolation: 'REPEATABLE READ' },
    );
  }
}

/** In the words of the body that registers it: a remote server says its address, every other its defaults one by one. */
function serverOf({ defaults, docker_image_url: image, ...rest }: ServerRow): NamedItem {
  const { type, endpoint, command, timeout } = defaults;
  const time = timeout === undefined ? {} : { timeout };
  if (type === 'url' && endpoint !== undefined) return { ...rest, url: endpoint, ...time };
  if (type === 'stdio' && typeof command === 'string') return { ...rest, url: `stdio://${command}`, ...time };
  return { ...rest, docker_image_url: image ?? '', ...defaults };
}

function instanceOf(row: InstanceRow): NamedItem {
  const { id, name, description, labels, agent_id: agent, json_spec: spec, replicas, server } = row;
  return {
    ...{ name, description, replicas, desired_state: row.desired_state },
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(agent === null ? {} : { agent_id: agent }),
    ...(server === null ? {} : { server_spec_id: server }),
    json_spec: withPrefix(spec, `secret_ref:${id}:`, OWN_SECRET),
  };
}

const pipelineOf = ({ name, definition, schedules }: PipelineRow): NamedItem => ({
  ...(withoutIds(definition) as JsonObject),
  name,
  ...(schedules.length === 0 ? {} : { schedules }),
});

/** A pipeline as a stage is found by its name elsewhere. */
function withoutIds(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(withoutIds);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => (key === 'pipeline_id' ? [] : [[key, withoutIds(each)]])),
  );
}
