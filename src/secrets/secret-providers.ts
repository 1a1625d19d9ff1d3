import { Injectable, type OnApplicationShutdown, Optional } from '@nestjs/common';
import { parseSecretReference, type SecretReference } from '@app/contracts';
import { isUuid } from '@app/kernel';
import { type Counter, type Family, Metrics, Scrubber } from '@app/telemetry';
import { ENVIRONMENT_SCOPE } from './domain/secret-address';
import {
  type ProviderHealth,
  type References,
  type SecretProvider,
  type SecretValue,
} from './domain/secret-provider';
import { SecretUnreadableError } from './domain/secret.errors';
import { EnvironmentProvider } from './providers/environment.provider';
import { FilesProvider } from './providers/files.provider';
import { InfisicalProvider } from './providers/infisical.provider';
import { OwnStoreProvider } from './providers/own-store.provider';
import { parseProviderSetting, type ProviderSetting } from './providers/provider-setting';
import { VaultProvider } from './providers/vault.provider';
import { SecretsOptions } from './secrets.options';
import { workspaceOfRequest } from './workspace-of-request';

/**
 * Sends each reference to the provider of its scope: variables of the process to the process, what instances own to our
 * own store, everything else to the provider that the operator chose.
 */
@Injectable()
export class SecretProviders implements OnApplicationShutdown {
  private readonly setting: ProviderSetting;
  /** Made when it is first needed. */
  private chosen: SecretProvider | undefined;
  private readonly resolutions: Family<Counter>;

  constructor(
    private readonly environment: EnvironmentProvider,
    private readonly ownStore: OwnStoreProvider,
    options: SecretsOptions,
    private readonly scrubber: Scrubber,
    @Optional() metrics: Metrics = new Metrics(),
  ) {
    this.setting = parseProviderSetting(options.provider);
    this.resolutions = metrics.counter('secret_resolutions_total', 'References that were looked up.', {
      labels: ['provider', 'outcome'],
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.chosen?.close?.();
  }

  /** False where values lie with somebody else, and cannot be stored through us. */
  isOwn(scope: string): boolean {
    return this.setting.kind === 'own' || isUuid(scope);
  }

  /** The one the operator chose; of our own store, the database's health says all. */
  async health(): Promise<(ProviderHealth & { readonly kind: ProviderSetting['kind'] }) | undefined> {
    if (this.setting.kind === 'own') return undefined;
    const provider = this.choose();
    try {
      return { kind: this.setting.kind, ...(await provider.health()) };
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      return { kind: this.setting.kind, ok: false, detail: `${provider.name} cannot be used: ${words}.` };
    }
  }

  /** All of them, or an error that names the first that cannot be read: a secret is never an empty value. */
  async read(texts: readonly string[], workspaceId: string): Promise<Map<string, SecretValue>> {
    const values = new Map<string, SecretValue>();
    for (const [provider, references] of this.split(texts)) {
      const read = await asking(provider, references, () => provider.getMany(references, workspaceId)).catch(
        (error: unknown) => {
          this.count(provider, 'failed', references.size);
          throw error;
        },
      );
      this.count(provider, 'resolved', read.size);
      this.count(provider, 'missing', references.size - read.size);
      for (const [text, reference] of references) {
        const value = read.get(text);
        if (value === undefined || value.value === '')
          throw new SecretUnreadableError(labelOf(reference), provider.name);
        values.set(text, value);
      }
    }
    return values;
  }

  private count(provider: SecretProvider, outcome: string, by: number): void {
    const own = provider === this.ownStore ? 'own' : this.setting.kind;
    if (by > 0) this.resolutions.of(provider === this.environment ? 'environment' : own, outcome).add(by);
  }

  async missing(texts: readonly string[], workspaceId = workspaceOfRequest()): Promise<Set<string>> {
    const missing = new Set(texts.filter((text) => parseSecretReference(text) === undefined));
    const readable = texts.filter((text) => !missing.has(text));
    for (const [provider, references] of this.split(readable)) {
      const absent = await asking(provider, references, () => provider.missing(references, workspaceId));
      for (const text of absent) missing.add(text);
    }
    return missing;
  }

  private split(texts: readonly string[]): Map<SecretProvider, Map<string, SecretReference>> {
    const parts = new Map<SecretProvider, Map<string, SecretReference>>();
    for (const text of texts) {
      const reference = parseSecretReference(text);
      if (reference === undefined)
        throw new SecretUnreadableError('of a malformed reference', 'any provider');
      const provider = this.providerOf(reference.scope);
      const part = parts.get(provider) ?? new Map<string, SecretReference>();
      parts.set(provider, part.set(text, reference));
    }
    return parts;
  }

  private providerOf(scope: string): SecretProvider {
    if (scope === ENVIRONMENT_SCOPE) return this.environment;
    return this.isOwn(scope) ? this.ownStore : this.choose();
  }

  private choose(): SecretProvider {
    this.chosen ??= chosenProvider(this.setting, this.ownStore, (secret) => {
      this.scrubber.learn(secret, 'a token of the provider of secrets');
    });
    return this.chosen;
  }
}

function chosenProvider(
  setting: ProviderSetting,
  ownStore: SecretProvider,
  learn: (secret: string) => void,
): SecretProvider {
  switch (setting.kind) {
    case 'own':
      return ownStore;
    case 'files':
      return new FilesProvider(setting.folder);
    case 'vault':
      return new VaultProvider(setting, learn);
    case 'infisical':
      return new InfisicalProvider(setting, learn);
  }
}

async function asking<T>(
  provider: SecretProvider,
  references: References,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const [first] = references.values();
    throw new SecretUnreadableError(first === undefined ? '' : labelOf(first), provider.name, error);
  }
}

const labelOf = ({ name, version }: SecretReference): string =>
  version === undefined ? name : `${name}@${version}`;
