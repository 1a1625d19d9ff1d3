import { Injectable } from '@nestjs/common';
import { type SecretReference } from '@app/contracts';
import {
  type ProviderHealth,
  type References,
  SecretProvider,
  type SecretValue,
} from '../domain/secret-provider';
import { SecretsOptions } from '../secrets.options';

/** Variables of this process, our own settings and their `_FILE` forms apart: those hold the keys to everything. */
@Injectable()
export class EnvironmentProvider extends SecretProvider {
  override readonly name = 'the environment of the process';

  constructor(private readonly options: SecretsOptions) {
    super();
  }

  override getMany(references: References): Promise<Map<string, SecretValue>> {
    const values = new Map<string, SecretValue>();
    for (const [text, reference] of references) {
      const value = this.valueFrom(reference);
      if (value !== undefined) values.set(text, { value, version: 1 });
    }
    return Promise.resolve(values);
  }

  override health(): Promise<ProviderHealth> {
    return Promise.resolve({ ok: true, detail: 'Variables of the process can be read.' });
  }

  private valueFrom({ name, version }: SecretReference): string | undefined {
    if (version !== undefined) return undefined;
    if (this.options.ownSettings.has(name) || name.endsWith('_FILE')) return undefined;
    const value = Object.hasOwn(this.options.environment, name) ? this.options.environment[name] : undefined;
    return value === '' ? undefined : value;
  }
}
