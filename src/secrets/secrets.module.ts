import { Module } from '@nestjs/common';
import { KeyringController } from './http/keyring.controller';
import { SecretsController } from './http/secrets.controller';
import { InstanceWorkspaces } from './instance-workspaces';
import { KeyRotation } from './keyring/key-rotation';
import { KeyRotationWorker } from './keyring/key-rotation.worker';
import { KeyRotations } from './keyring/key-rotations';
import { KeyringRows } from './keyring/keyring-rows';
import { KeyringStatus } from './keyring/keyring-status';
import { SecretLists } from './persistence/secret-lists';
import { SecretRows } from './persistence/secret-rows';
import { EnvironmentProvider } from './providers/environment.provider';
import { OwnStoreProvider } from './providers/own-store.provider';
import { SecretFacts } from './secret-facts';
import { SecretProviders } from './secret-providers';
import { SecretQueries } from './secret-queries';
import { SecretReader } from './secret-reader';
import { SecretSealer } from './secret-sealer';
import { SecretVault } from './secret-vault';

/** The store; needs the platform's parts and `SecretsOptions` from the root. */
@Module({
  providers: [
    SecretRows,
    SecretLists,
    SecretSealer,
    EnvironmentProvider,
    OwnStoreProvider,
    SecretProviders,
    SecretFacts,
    SecretVault,
    InstanceWorkspaces,
    SecretReader,
    SecretQueries,
  ],
  exports: [SecretVault, SecretReader, SecretProviders, SecretQueries],
})
export class SecretsModule {}

@Module({
  imports: [SecretsModule],
  // Before the secrets: `keyring` is no scope.
  controllers: [KeyringController, SecretsController],
  providers: [KeyringRows, KeyringStatus, KeyRotations],
  exports: [KeyringStatus, KeyRotations],
})
export class SecretsApiModule {}

/** Carries out rotations of the master key. */
@Module({
  providers: [KeyringRows, KeyringStatus, KeyRotation, KeyRotationWorker],
  exports: [KeyRotation],
})
export class SecretsWorkerModule {}
