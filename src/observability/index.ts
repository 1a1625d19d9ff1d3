export { HealthModule } from './health.module';
export { type HealthModes, HealthOptions } from './health.options';
export { HealthService } from './health.service';
export { MetricsModule } from './metrics.module';
export { QueuesModule } from './queues.module';
export { type HealthFinding, type HealthIndicator } from './health-indicator';
