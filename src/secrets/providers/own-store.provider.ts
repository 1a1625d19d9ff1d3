import { Injectable, Logger } from '@nestjs/common';
import { type SecretReference } from '@app/contracts';
import { Keyring } from '@app/security';
import { ENVIRONMENT_SCOPE } from '../domain/secret-address';
import { SecretProvider, type SecretValue } from '../domain/secret-provider';
import { SecretRows } from '../persistence/secret-rows';
import { additionalData } from '../secret-seal';

/** Our own table, each version sealed with a data key of its own. */
@Injectable()
export class OwnStoreProvider extends SecretProvider {
  override readonly name = 'the secret store';
  private readonly logger = new Logger(OwnStoreProvider.name);

  constructor(
    private readonly rows: SecretRows,
    private readonly keyring: Keyring,
  ) {
    super();
  }

  override serves(scope: string): boolean {
    return scope !== ENVIRONMENT_SCOPE;
  }

  override async read(references: ReadonlyMap<string, SecretReference>): Promise<Map<string, SecretValue>> {
    const texts = [...references.keys()];
    const values = new Map<string, SecretValue>();
    for (const row of await this.rows.findSealed([...references.values()])) {
      const text = texts[row.place];
      const value = this.open(row);
      if (text !== undefined && value !== undefined) values.set(text, { value, version: row.version });
    }
    return values;
  }

  override async missing(references: ReadonlyMap<string, SecretReference>): Promise<Set<string>> {
    const found = await this.rows.lockExisting([...references.values()]);
    const isThere = (wanted: SecretReference): boolean =>
      found.some(
        ({ scope, name, version }) =>
          scope === wanted.scope && name === wanted.name && (wanted.version ?? version) === version,
      );
    return new Set([...references].filter(([, wanted]) => !isThere(wanted)).map(([text]) => text));
  }

  /** A value that does not open is as unreadable as one that is missing; the log says which it was. */
  private open(row: Awaited<ReturnType<SecretRows['findSealed']>>[number]): string | undefined {
    const aad = additionalData(row.scope, row.id, row.version, row.name);
    try {
      return this.keyring
        .openEnvelope({ ciphertext: row.ciphertext, wrappedKey: row.wrapped_key, kid: row.kid }, aad)
        .toString('utf8');
    } catch (error) {
      this.logger.error(
        `secret ${row.scope}:${row.name} version ${row.version} does not open: ${String(error)}`,
      );
      return undefined;
    }
  }
}
