import { Injectable } from '@nestjs/common';
import { parseSecretReference, type SecretReference } from '@app/contracts';
import { type SecretProvider, type SecretValue } from './domain/secret-provider';
import { SecretUnreadableError } from './domain/secret.errors';
import { EnvironmentProvider } from './providers/environment.provider';
import { OwnStoreProvider } from './providers/own-store.provider';

/** Sends each reference to the provider of its scope. */
@Injectable()
export class SecretProviders {
  private readonly providers: readonly SecretProvider[];

  constructor(environment: EnvironmentProvider, ownStore: OwnStoreProvider) {
    this.providers = [environment, ownStore];
  }

  /** All of them, or an error that names the first that cannot be read: a secret is never an empty value. */
  async read(texts: readonly string[]): Promise<Map<string, SecretValue>> {
    const values = new Map<string, SecretValue>();
    for (const [provider, references] of this.split(texts)) {
      const read = await readFrom(provider, references);
      for (const [text, { name }] of references) {
        const value = read.get(text);
        if (value === undefined) throw new SecretUnreadableError(name, provider.name);
        values.set(text, value);
      }
    }
    return values;
  }

  async missing(texts: readonly string[]): Promise<Set<string>> {
    const missing = new Set(texts.filter((text) => parseSecretReference(text) === undefined));
    const readable = texts.filter((text) => !missing.has(text));
    for (const [provider, references] of this.split(readable)) {
      for (const text of await provider.missing(references)) missing.add(text);
    }
    return missing;
  }

  private split(texts: readonly string[]): Map<SecretProvider, Map<string, SecretReference>> {
    const parts = new Map<SecretProvider, Map<string, SecretReference>>();
    for (const text of texts) {
      const reference = parseSecretReference(text);
      const provider = this.providers.find((each) => reference !== undefined && each.serves(reference.scope));
      if (reference === undefined || provider === undefined)
        throw new SecretUnreadableError('of a malformed reference', 'any provider');
      const part = parts.get(provider) ?? new Map<string, SecretReference>();
      parts.set(provider, part.set(text, reference));
    }
    return parts;
  }
}

async function readFrom(
  provider: SecretProvider,
  references: ReadonlyMap<string, SecretReference>,
): Promise<Map<string, SecretValue>> {
  try {
    return await provider.read(references);
  } catch (error) {
    const first = references.values().next().value;
    throw new SecretUnreadableError(first?.name ?? '', provider.name, error);
  }
}
