import { Module } from '@nestjs/common';
import { SecretsController } from './http/secrets.controller';
import { SecretRows } from './persistence/secret-rows';
import { EnvironmentProvider } from './providers/environment.provider';
import { OwnStoreProvider } from './providers/own-store.provider';
import { SecretProviders } from './secret-providers';
import { SecretQueries } from './secret-queries';
import { SecretReader } from './secret-reader';
import { SecretSealer } from './secret-sealer';
import { SecretVault } from './secret-vault';

/** The store; needs the platform's parts and `SecretsOptions` from the root. */
@Module({
  providers: [
    SecretRows,
    SecretSealer,
    EnvironmentProvider,
    OwnStoreProvider,
    SecretProviders,
    SecretVault,
    SecretReader,
    SecretQueries,
  ],
  exports: [SecretVault, SecretReader, SecretProviders, SecretQueries],
})
export class SecretsModule {}

@Module({ imports: [SecretsModule], controllers: [SecretsController] })
export class SecretsApiModule {}
