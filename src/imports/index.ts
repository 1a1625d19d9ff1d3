export { type PlannedDefinition } from './domain/import-plan';
export { ImportsApiModule } from './imports.module';
export { chosenPackage } from './reading/server-json';
export { definitionOfServerJson } from './reading/server-json-definition';
export { PUBLISHER_META } from './reading/server-json-origin';
