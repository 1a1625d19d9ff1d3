import { Injectable } from '@nestjs/common';
import { Database, isUniqueViolation } from '@app/database';
import { assertVersion } from '@app/http';
import { isUuid, type Scope } from '@app/kernel';
import { EventAppender } from '@app/outbox';
import {
  DefinitionNameTakenError,
  DefinitionNotFoundError,
  DefinitionSharedError,
} from '../domain/definition.errors';
import { DefinitionRepository } from '../domain/definition.repository';
import { type DefinitionState, ServerDefinition } from '../domain/server-definition';
import {
  DEFINITION_COLUMNS,
  type DefinitionRow,
  definitionValues,
  OWN_FIRST,
  toDefinitionState,
  VISIBLE,
} from './definition.row';

@Injectable()
export class SqlDefinitionRepository extends DefinitionRepository {
  /** What was loaded, for as long as somebody works on it: the audit row shows what a change found. */
  private readonly found = new WeakMap<ServerDefinition, DefinitionState>();

  constructor(
    private readonly db: Database,
    private readonly events: EventAppender,
  ) {
    super();
  }

  override async insert({ workspaceId }: Scope, definition: ServerDefinition): Promise<void> {
    await this.uniquely(definition.name, async () => {
      await this.db.execute(
        `INSERT INTO server_definition (${DEFINITION_COLUMNS}, workspace_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
        [...definitionValues(definition.snapshot()), workspaceId],
      );
    });
    await this.events.append(definition.takeEvents(), { after: definition.snapshot() });
  }

  override lock(
    scope: Scope,
    idOrName: string,
    expectedVersions?: readonly number[],
  ): Promise<ServerDefinition> {
    return this.lockWith('FOR NO KEY UPDATE', scope, idOrName, expectedVersions);
  }

  override lockForDeletion(
    scope: Scope,
    idOrName: string,
    expectedVersions?: readonly number[],
  ): Promise<ServerDefinition> {
    return this.lockWith('FOR UPDATE', scope, idOrName, expectedVersions);
  }

  override async update(definition: ServerDefinition): Promise<void> {
    await this.uniquely(definition.name, async () => {
      await this.db.execute(
        `UPDATE server_definition SET name = $2, description = $3, docker_image_url = $4, version = $5, tags = $6, status = $7,
                is_public = $8, env_schema = $9, defaults = $10, built_in = $11, row_version = $12, created_at = $13, updated_at = $14,
                origin = $15
          WHERE id = $1`,
        definitionValues(definition.snapshot()),
      );
    });
    const before = this.found.get(definition);
    await this.events.append(definition.takeEvents(), { before, after: definition.snapshot() });
  }

  override async delete(definition: ServerDefinition): Promise<void> {
    await this.db.execute(`DELETE FROM server_definition WHERE id = $1`, [definition.id]);
    await this.events.append(definition.takeEvents(), { before: definition.snapshot() });
  }

  private async lockWith(
    strength: 'FOR UPDATE' | 'FOR NO KEY UPDATE',
    { workspaceId }: Scope,
    idOrName: string,
    expectedVersions: readonly number[] | undefined,
  ): Promise<ServerDefinition> {
    const [row] = await this.db.query<DefinitionRow & { is_own: boolean }>(
      `SELECT ${DEFINITION_COLUMNS}, workspace_id = $1::uuid AS is_own FROM server_definition
        WHERE ${VISIBLE} AND (id = $2::uuid OR name = $3)
        ORDER BY id = $2::uuid DESC NULLS LAST, ${OWN_FIRST} LIMIT 1 ${strength}`,
      [workspaceId, isUuid(idOrName) ? idOrName : null, idOrName],
    );
    if (row === undefined) throw new DefinitionNotFoundError(idOrName);
    if (!row.is_own) throw new DefinitionSharedError(row.name);
    assertVersion(expectedVersions, row.row_version);
    const state = toDefinitionState(row);
    const definition = ServerDefinition.restore(state);
    this.found.set(definition, state);
    return definition;
  }

  private async uniquely(name: string, write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (isUniqueViolation(error)) throw new DefinitionNameTakenError(name);
      throw error;
    }
  }
}
