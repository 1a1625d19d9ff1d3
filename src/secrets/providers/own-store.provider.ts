import { Injectable, Logger } from '@nestjs/common';
import { type SecretReference } from '@app/contracts';
import { Database } from '@app/database';
import { Keyring } from '@app/security';
import {
  type ProviderHealth,
  type References,
  SecretProvider,
  type SecretValue,
} from '../domain/secret-provider';
import { SecretLists } from '../persistence/secret-lists';
import { SecretRows } from '../persistence/secret-rows';
import { additionalData } from '../secret-seal';

/** More names than a page of any list shows. */
const LISTED_MAX = 1_000;

/** Our own table, each version sealed with a data key of its own. */
@Injectable()
export class OwnStoreProvider extends SecretProvider {
  override readonly name = 'the secret store';
  private readonly logger = new Logger(OwnStoreProvider.name);

  constructor(
    private readonly db: Database,
    private readonly rows: SecretRows,
    private readonly lists: SecretLists,
    private readonly keyring: Keyring,
  ) {
    super();
  }

  override async getMany(references: References, workspaceId: string): Promise<Map<string, SecretValue>> {
    const texts = [...references.keys()];
    const values = new Map<string, SecretValue>();
    for (const row of await this.rows.findSealed(workspaceId, [...references.values()])) {
      const text = texts[row.place];
      const value = this.open(row);
      if (text !== undefined && value !== undefined) values.set(text, { value, version: row.version });
    }
    return values;
  }

  /** Without opening anything, and locked against deletion until the caller's transaction ends. */
  override async missing(references: References, workspaceId: string): Promise<Set<string>> {
    const found = await this.rows.lockExisting(workspaceId, [...references.values()]);
    const isThere = (wanted: SecretReference): boolean =>
      found.some(
        ({ scope, name, version, latest }) =>
          scope === wanted.scope && name === wanted.name && (wanted.version ?? latest) === version,
      );
    return new Set([...references].filter(([, wanted]) => !isThere(wanted)).map(([text]) => text));
  }

  override async list(scope: string, workspaceId: string): Promise<readonly string[]> {
    const { items } = await this.lists.list(workspaceId, undefined, LISTED_MAX, scope);
    return items.map(({ name }) => name);
  }

  override async health(): Promise<ProviderHealth> {
    await this.db.ping();
    return { ok: true, detail: 'Secrets lie in the database, sealed.' };
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
