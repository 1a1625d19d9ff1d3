export { SecretUnreadableError } from './domain/secret.errors';
export { secretRead } from './domain/secret.events';
export { type SecretValue } from './domain/secret-provider';
export { SecretProviders } from './secret-providers';
export { SecretReader } from './secret-reader';
export { type StoredSecret, SecretVault } from './secret-vault';
export { SecretsOptions } from './secrets.options';
export { SecretsApiModule, SecretsModule } from './secrets.module';
