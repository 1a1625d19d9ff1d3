import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { isUuid } from '@app/kernel';
import { ServerDefinition } from '../domain/server-definition';
import { DEFINITION_COLUMNS, type DefinitionRow, toDefinitionState } from './definition.row';

/** For everybody who starts from a definition. */
@Injectable()
export class DefinitionReader {
  constructor(private readonly db: Database) {}

  byId(id: string): Promise<ServerDefinition | undefined> {
    return isUuid(id) ? this.one('id = $1', id) : Promise.resolve(undefined);
  }

  byName(name: string): Promise<ServerDefinition | undefined> {
    return this.one('name = $1', name);
  }

  async byIdOrName(idOrName: string): Promise<ServerDefinition | undefined> {
    return (await this.byId(idOrName)) ?? this.byName(idOrName);
  }

  private async one(condition: string, value: string): Promise<ServerDefinition | undefined> {
    const [row] = await this.db.query<DefinitionRow>(
      `SELECT ${DEFINITION_COLUMNS} FROM server_definition WHERE ${condition}`,
      [value],
    );
    return row === undefined ? undefined : ServerDefinition.restore(toDefinitionState(row));
  }
}
