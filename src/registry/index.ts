export { RegistryApiModule, RegistryWorkerModule } from './registry.module';
export { RegistryOptions } from './registry.options';
