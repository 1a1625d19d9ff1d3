import { parseSecretReference, type SecretReference } from '@app/contracts';
import { InfisicalProvider } from '../../../../src/secrets/providers/infisical.provider';
import { parseProviderSetting } from '../../../../src/secrets/providers/provider-setting';
import { VaultProvider } from '../../../../src/secrets/providers/vault.provider';
import { type InfisicalStub } from './infisical-stub';
import { type VaultStub } from './vault-stub';

export const vaultOf = (stub: VaultStub, credential?: string): VaultProvider => {
  const user = credential ?? `${stub.roleId}:${stub.secretId}`;
  const setting = parseProviderSetting(
    `vault+http://${user}@${stub.host}/kv/quayside?namespace=${stub.namespace}`,
  );
  if (setting.kind !== 'vault') throw new Error('no setting of Vault');
  return new VaultProvider(setting, () => undefined);
};

export const infisicalOf = (stub: InfisicalStub): InfisicalProvider => {
  const user = `${stub.clientId}:${stub.clientSecret}`;
  const setting = parseProviderSetting(
    `infisical+http://${user}@${stub.host}/${stub.projectId}/${stub.environment}/quayside`,
  );
  if (setting.kind !== 'infisical') throw new Error('no setting of Infisical');
  return new InfisicalProvider(setting, () => undefined);
};

export const ref = (text: string): SecretReference => {
  const reference = parseSecretReference(`secret_ref:${text}`);
  if (reference === undefined) throw new Error(`${text} is no reference`);
  return reference;
};
