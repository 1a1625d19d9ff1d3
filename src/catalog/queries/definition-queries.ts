import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type KeysetPosition, type Page, type Scope } from '@app/kernel';
import { DefinitionNotFoundError } from '../domain/definition.errors';
import { InstancesOfDefinitions } from '../domain/instances-of-definitions';
import { type DefinitionState } from '../domain/server-definition';
import {
  DEFINITION_COLUMNS,
  type DefinitionRow,
  toDefinitionState,
  VISIBLE,
} from '../persistence/definition.row';
import { DefinitionReader } from '../persistence/definition-reader';

export interface DefinitionFilter {
  readonly q?: string;
  readonly tag?: string;
  readonly type?: string;
}

/** A form's drop-down holds no more than this. */
const TEMPLATES_MAX = 500;
/** Of a definition without a type of its own only an image tells what it is. */
const TYPE = `coalesce(defaults ->> 'type', CASE WHEN docker_image_url = '' THEN 'url' ELSE 'docker' END)`;
/** Milliseconds would not do: rows of the same one must keep their order from page to page. */
const AGE = `(created_at AT TIME ZONE 'UTC')::text`;

/** The reading side of the catalogue. */
@Injectable()
export class DefinitionQueries {
  constructor(
    private readonly db: Database,
    private readonly reader: DefinitionReader,
    private readonly instances: InstancesOfDefinitions,
  ) {}

  /** How many live instances were made from each. */
  async usersOf(
    { workspaceId }: Scope,
    definitions: readonly DefinitionState[],
  ): Promise<(definition: DefinitionState) => number> {
    const ids = definitions.map(({ id }) => id);
    const counts = await this.instances.countsUsing(workspaceId, ids);
    return ({ id }) => counts.get(id) ?? 0;
  }

  async get(scope: Scope, idOrName: string): Promise<DefinitionState> {
    const definition = await this.reader.byIdOrName(scope, idOrName);
    if (definition === undefined) throw new DefinitionNotFoundError(idOrName);
    return definition.snapshot();
  }

  /** Newest first. */
  async list(
    { workspaceId }: Scope,
    filter: DefinitionFilter,
    after: KeysetPosition | undefined,
    limit: number,
  ): Promise<Page<DefinitionState>> {
    const rows = await this.db.query<DefinitionRow & { age: string }>(
      `SELECT ${DEFINITION_COLUMNS}, ${AGE} AS age FROM server_definition
        WHERE ${VISIBLE}
          AND ($2::text IS NULL OR name ILIKE $2 OR description ILIKE $2)
          AND ($3::text IS NULL OR $3 = ANY (tags))
          AND ($4::text IS NULL OR ${TYPE} = $4)
          AND ($5::text IS NULL OR (created_at, id) < ($5::timestamp AT TIME ZONE 'UTC', $6::uuid))
        ORDER BY created_at DESC, id DESC LIMIT $7`,
      [
        workspaceId,
        contains(filter.q),
        filter.tag ?? null,
        filter.type ?? null,
        after?.sort ?? null,
        after?.id ?? null,
        limit + 1,
      ],
    );
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    const next = rows.length > limit && last !== undefined ? { sort: last.age, id: last.id } : null;
    return { items: items.map(toDefinitionState), next };
  }

  async templates({ workspaceId }: Scope): Promise<readonly DefinitionState[]> {
    const rows = await this.db.query<DefinitionRow>(
      `SELECT ${DEFINITION_COLUMNS} FROM server_definition WHERE ${VISIBLE} AND status = 'published'
        ORDER BY name LIMIT ${TEMPLATES_MAX}`,
      [workspaceId],
    );
    return rows.map(toDefinitionState);
  }
}

/** The signs of a pattern are data here. */
const contains = (q: string | undefined): string | null =>
  q === undefined || q === '' ? null : `%${q.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
