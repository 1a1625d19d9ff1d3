import { type EnvironmentVariable } from '@app/contracts';
import { type JsonObject } from '@app/kernel';
import { type DefinitionState, type DefinitionStatus } from '../domain/server-definition';

/** A row, not the aggregate: columns may change shape without touching a rule. */
export interface DefinitionRow {
  id: string;
  name: string;
  description: string;
  docker_image_url: string;
  version: string;
  tags: string[];
  status: DefinitionStatus;
  is_public: boolean;
  env_schema: EnvironmentVariable[];
  defaults: JsonObject;
  origin: JsonObject | null;
  built_in: boolean;
  row_version: number;
  created_at: Date;
  updated_at: Date;
}

/** Built-in definitions are everybody's to use; a workspace's own one of the same name comes first. */
export const VISIBLE = `(workspace_id = $1::uuid OR built_in)`;
export const OWN_FIRST = `workspace_id = $1::uuid DESC`;

export const DEFINITION_COLUMNS = `id, name, description, docker_image_url, version, tags, status, is_public, env_schema,
  defaults, built_in, row_version, created_at, updated_at, origin`;

export const toDefinitionState = (row: DefinitionRow): DefinitionState => ({
  id: row.id,
  name: row.name,
  description: row.description,
  dockerImageUrl: row.docker_image_url,
  version: row.version,
  tags: row.tags,
  status: row.status,
  isPublic: row.is_public,
  envSchema: row.env_schema,
  defaults: row.defaults,
  origin: row.origin,
  builtIn: row.built_in,
  rowVersion: row.row_version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

/** In the order of `DEFINITION_COLUMNS`. */
export const definitionValues = (s: DefinitionState): unknown[] => [
  ...[s.id, s.name, s.description, s.dockerImageUrl, s.version, s.tags, s.status, s.isPublic],
  ...[
    JSON.stringify(s.envSchema),
    JSON.stringify(s.defaults),
    s.builtIn,
    s.rowVersion,
    s.createdAt,
    s.updatedAt,
    s.origin === undefined || s.origin === null ? null : JSON.stringify(s.origin),
  ],
];
