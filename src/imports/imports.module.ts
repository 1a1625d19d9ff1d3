import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { DefinitionsModule } from '../catalog';
import { InstancesModule } from '../instances';
import { CommitImportHandler } from './commands/commit-import.handler';
import { ImportSteps } from './commands/import-steps';
import { PlanImportHandler } from './commands/plan-import.handler';
import { UndoImportHandler } from './commands/undo-import.handler';
import { ImportsController } from './http/imports.controller';
import { ImportStore } from './persistence/import-store';
import { CatalogueState } from './planning/catalogue-state';
import { Planner } from './planning/planner';
import { ImportQueries } from './queries/import-queries';

@Module({
  imports: [CqrsModule, DefinitionsModule, InstancesModule],
  controllers: [ImportsController],
  providers: [
    ...[PlanImportHandler, CommitImportHandler, UndoImportHandler],
    ...[CatalogueState, Planner, ImportSteps, ImportStore, ImportQueries],
  ],
})
export class ImportsApiModule {}
