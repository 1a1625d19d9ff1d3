import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { DeleteServerHandler } from './commands/delete-server.handler';
import { RegisterServerHandler } from './commands/register-server.handler';
import { UpdateServerHandler } from './commands/update-server.handler';
import { DefinitionRepository } from './domain/definition.repository';
import { InstancesOfDefinitions } from './domain/instances-of-definitions';
import { ServersController } from './http/servers.controller';
import { TemplatesController } from './http/templates.controller';
import { DefinitionReader } from './persistence/definition-reader';
import { SqlDefinitionRepository } from './persistence/sql-definition.repository';
import { DefinitionQueries } from './queries/definition-queries';

/** Reading definitions, for every context that starts from them. */
@Module({ providers: [DefinitionReader], exports: [DefinitionReader] })
export class DefinitionsModule {}

@Module({})
export class CatalogModule {
  /** The instances' side of the port lives in a module that knows the catalogue: only the root knows both. */
  static with(instances: { module: Type; adapter: Type<InstancesOfDefinitions> }): DynamicModule {
    return {
      module: CatalogModule,
      imports: [CqrsModule, DefinitionsModule, instances.module],
      controllers: [ServersController, TemplatesController],
      providers: [
        RegisterServerHandler,
        UpdateServerHandler,
        DeleteServerHandler,
        DefinitionQueries,
        { provide: DefinitionRepository, useClass: SqlDefinitionRepository },
        { provide: InstancesOfDefinitions, useExisting: instances.adapter },
      ],
    };
  }
}
