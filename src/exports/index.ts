export { ExportsApiModule } from './exports.module';
export { OWN_SECRET, ownSecretsOf } from './domain/manifest';
export { ManifestUnreadableError } from './domain/manifest.errors';
export { readManifest } from './queries/manifest-text';
