import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { GatewayModule } from '../gateway';
import { AccessModule, PrincipalsModule } from '../identity';
import { SettingsModule } from '../settings';
import { TasksModule } from '../tasks';
import { ControlPlaneCardController } from './card/control-plane-card.controller';
import { PublishedPipelines } from './card/published-pipelines';
import {
  DEFINITION_ANSWERS,
  DEFINITION_CHANGES,
  DEFINITION_CONTROLLERS,
  DEFINITIONS,
} from './definitions/providers';
import { RUN_ANSWERS, RUN_CONTROLLERS, RUN_WORKERS, RUNS } from './runs/providers';
import { SCHEDULE_CHANGES, SCHEDULE_CONTROLLERS, SCHEDULE_WORK } from './schedules/providers';
import { TOOL_STAGES } from './tools/providers';

/** Definitions and runs, for every process that reads or moves them. */
@Module({
  imports: [TasksModule],
  providers: [...DEFINITIONS, ...RUNS],
  exports: [TasksModule, ...DEFINITIONS, ...RUNS],
})
export class PipelinesModule {}

/** The root provides `PipelinesOptions`. */
@Module({
  imports: [AccessModule, CqrsModule, PipelinesModule],
  controllers: [
    ...DEFINITION_CONTROLLERS,
    ...[...RUN_CONTROLLERS, ...SCHEDULE_CONTROLLERS, ControlPlaneCardController],
  ],
  providers: [...DEFINITION_CHANGES, ...RUN_ANSWERS, ...SCHEDULE_CHANGES, PublishedPipelines],
})
export class PipelinesApiModule {}

@Module({
  imports: [AccessModule, PrincipalsModule, SettingsModule, PipelinesModule],
  providers: [...RUN_WORKERS, ...SCHEDULE_WORK],
})
export class PipelinesWorkerModule {}

/** Carries out the tool calls of pipelines, where the upstream sessions are. */
@Module({
  imports: [PipelinesModule, PrincipalsModule, GatewayModule],
  providers: [...DEFINITION_ANSWERS, ...TOOL_STAGES],
})
export class PipelinesGatewayModule {}
