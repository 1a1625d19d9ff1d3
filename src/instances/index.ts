export { CatalogInstances } from './catalog-instances';
export { InstancesApiModule, InstancesModule, InstancesWorkerModule } from './instances.module';
export { type BundledName, DEFAULT_CAPS, InstancesOptions, type ResourceCaps } from './instances.options';
export { MaintenanceConsumer } from './maintenance/maintenance.consumer';
export { StatusConsumer } from './projections/status.consumer';
export { EngineQuestions } from './queries/engine-questions';
export { InstanceQueries } from './queries/instance-queries';
export { type InstanceFilter, type InstanceView } from './queries/instance-view';
export { instanceReactions } from './reactions/look-when-a-wish-changes';
