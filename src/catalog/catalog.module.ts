import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { DeleteServerHandler } from './commands/delete-server.handler';
import { RegisterServerHandler } from './commands/register-server.handler';
import { UpdateServerHandler } from './commands/update-server.handler';
import { DefinitionRepository } from './domain/definition.repository';
import { ServersController } from './http/servers.controller';
import { TemplatesController } from './http/templates.controller';
import { DefinitionReader } from './persistence/definition-reader';
import { SqlDefinitionRepository } from './persistence/sql-definition.repository';
import { DefinitionQueries } from './queries/definition-queries';

/** Reading definitions, for every context that starts from them. */
@Module({ providers: [DefinitionReader], exports: [DefinitionReader] })
export class DefinitionsModule {}

/** The API of the catalogue; the root binds `InstancesOfDefinitions`. */
@Module({
  imports: [CqrsModule, DefinitionsModule],
  controllers: [ServersController, TemplatesController],
  providers: [
    RegisterServerHandler,
    UpdateServerHandler,
    DeleteServerHandler,
    DefinitionQueries,
    { provide: DefinitionRepository, useClass: SqlDefinitionRepository },
  ],
})
export class CatalogModule {}
