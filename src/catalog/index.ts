export { CatalogModule, DefinitionsModule } from './catalog.module';
export { type BundledTemplate, CatalogOptions } from './catalog.options';
export { isImageReference } from './domain/image-reference';
export { InstancesOfDefinitions, type RemoteInstance } from './domain/instances-of-definitions';
export { ServerDefinition } from './domain/server-definition';
export { fitsType } from './domain/variable-type';
export { DefinitionReader } from './persistence/definition-reader';
export { runDry } from './persistence/dry-run';
export { seedBuiltIns } from './seed-built-ins';
