import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { GatewayModule } from '../gateway';
import { TasksModule } from '../tasks';

/** Definitions and runs, for every process that reads or moves them. */
@Module({ imports: [TasksModule] })
export class PipelinesModule {}

@Module({ imports: [CqrsModule, PipelinesModule] })
export class PipelinesApiModule {}

@Module({ imports: [PipelinesModule] })
export class PipelinesWorkerModule {}

/** Carries out the tool calls of pipelines, where the upstream sessions are. */
@Module({ imports: [PipelinesModule, GatewayModule] })
export class PipelinesGatewayModule {}
