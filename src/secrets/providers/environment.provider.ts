import { Injectable } from '@nestjs/common';
import { type SecretReference } from '@app/contracts';
import { ENVIRONMENT_SCOPE } from '../domain/secret-address';
import { SecretProvider, type SecretValue } from '../domain/secret-provider';
import { SecretsOptions } from '../secrets.options';

/** Variables of this process, our own settings and their `_FILE` forms apart: those hold the keys to everything. */
@Injectable()
export class EnvironmentProvider extends SecretProvider {
  override readonly name = 'the environment of the process';

  constructor(private readonly options: SecretsOptions) {
    super();
  }

  override serves(scope: string): boolean {
    return scope === ENVIRONMENT_SCOPE;
  }

  override read(references: ReadonlyMap<string, SecretReference>): Promise<Map<string, SecretValue>> {
    const values = new Map<string, SecretValue>();
    for (const [text, reference] of references) {
      const value = this.valueFrom(reference);
      if (value !== undefined) values.set(text, { value, version: 1 });
    }
    return Promise.resolve(values);
  }

  override missing(references: ReadonlyMap<string, SecretReference>): Promise<Set<string>> {
    const absent = [...references].filter(([, reference]) => this.valueFrom(reference) === undefined);
    return Promise.resolve(new Set(absent.map(([text]) => text)));
  }

  private valueFrom({ name, version }: SecretReference): string | undefined {
    if (version !== undefined) return undefined;
    if (this.options.ownSettings.has(name) || name.endsWith('_FILE')) return undefined;
    const value = Object.hasOwn(this.options.environment, name) ? this.options.environment[name] : undefined;
    return value === '' ? undefined : value;
  }
}
