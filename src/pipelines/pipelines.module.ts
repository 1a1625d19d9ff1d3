import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { GatewayModule } from '../gateway';
import { AccessModule } from '../identity';
import { TasksModule } from '../tasks';
import {
  DEFINITION_ANSWERS,
  DEFINITION_CHANGES,
  DEFINITION_CONTROLLERS,
  DEFINITIONS,
} from './definitions/providers';

/** Definitions and runs, for every process that reads or moves them. */
@Module({ imports: [TasksModule], providers: [...DEFINITIONS], exports: [...DEFINITIONS] })
export class PipelinesModule {}

@Module({
  imports: [AccessModule, CqrsModule, PipelinesModule],
  controllers: [...DEFINITION_CONTROLLERS],
  providers: [...DEFINITION_CHANGES],
})
export class PipelinesApiModule {}

@Module({ imports: [PipelinesModule] })
export class PipelinesWorkerModule {}

/** Carries out the tool calls of pipelines, where the upstream sessions are. */
@Module({ imports: [PipelinesModule, GatewayModule], providers: [...DEFINITION_ANSWERS] })
export class PipelinesGatewayModule {}
