export { HealthModule } from './health.module';
export { type HealthModes, HealthOptions } from './health.options';
export { HealthService } from './health.service';
export { type HealthFinding, type HealthIndicator } from './health-indicator';
