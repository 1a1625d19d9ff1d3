import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { isUuid, type Scope } from '@app/kernel';
import { DefinitionNotFoundError } from '../domain/definition.errors';
import { ServerDefinition } from '../domain/server-definition';
import {
  DEFINITION_COLUMNS,
  type DefinitionRow,
  OWN_FIRST,
  toDefinitionState,
  VISIBLE,
} from './definition.row';

/** For everybody who starts from a definition. */
@Injectable()
export class DefinitionReader {
  constructor(private readonly db: Database) {}

  byId(scope: Scope, id: string): Promise<ServerDefinition | undefined> {
    return isUuid(id) ? this.one(scope, 'id = $2', id) : Promise.resolve(undefined);
  }

  byName(scope: Scope, name: string): Promise<ServerDefinition | undefined> {
    return this.one(scope, 'name = $2', name);
  }

  async byIdOrName(scope: Scope, idOrName: string): Promise<ServerDefinition | undefined> {
    return (await this.byId(scope, idOrName)) ?? this.byName(scope, idOrName);
  }

  async demand(scope: Scope, idOrName: string): Promise<ServerDefinition> {
    const definition = await this.byIdOrName(scope, idOrName);
    if (definition === undefined) throw new DefinitionNotFoundError(idOrName);
    return definition;
  }

  private async one(
    { workspaceId }: Scope,
    condition: string,
    value: string,
  ): Promise<ServerDefinition | undefined> {
    const [row] = await this.db.query<DefinitionRow>(
      `SELECT ${DEFINITION_COLUMNS} FROM server_definition WHERE ${VISIBLE} AND ${condition} ORDER BY ${OWN_FIRST} LIMIT 1`,
      [workspaceId, value],
    );
    return row === undefined ? undefined : ServerDefinition.restore(toDefinitionState(row));
  }
}
