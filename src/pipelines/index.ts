export {
  PipelinesApiModule,
  PipelinesGatewayModule,
  PipelinesModule,
  PipelinesWorkerModule,
} from './pipelines.module';
export { PipelinesOptions } from './pipelines.options';
export { pipelineReactions } from './reactions';
export { RunClock } from './engine/run-clock';
export { RunEngine } from './engine/run-engine';
export { ToolTaskConsumer } from './tools/tool-task.consumer';
