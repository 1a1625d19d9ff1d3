export {
  PipelinesApiModule,
  PipelinesGatewayModule,
  PipelinesModule,
  PipelinesWorkerModule,
} from './pipelines.module';
