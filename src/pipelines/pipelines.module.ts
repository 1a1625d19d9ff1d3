import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { GatewayModule } from '../gateway';
import { TasksModule } from '../tasks';
import { PipelineVersions } from './definitions';

/** Definitions and runs, for every process that reads or moves them. */
@Module({ imports: [TasksModule], providers: [PipelineVersions], exports: [PipelineVersions] })
export class PipelinesModule {}

@Module({ imports: [CqrsModule, PipelinesModule] })
export class PipelinesApiModule {}

@Module({ imports: [PipelinesModule] })
export class PipelinesWorkerModule {}

/** Carries out the tool calls of pipelines, where the upstream sessions are. */
@Module({ imports: [PipelinesModule, GatewayModule] })
export class PipelinesGatewayModule {}
