export { ExportsApiModule } from './exports.module';
export { OWN_SECRET } from './domain/manifest';
export { readManifest } from './queries/manifest-text';
