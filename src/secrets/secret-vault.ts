import { Injectable } from '@nestjs/common';
import { secretReference } from '@app/contracts';
import { Database } from '@app/database';
import { assertStorable } from './domain/secret-address';
import { SecretInUseError, SecretKeptElsewhereError, SecretNotFoundError } from './domain/secret.errors';
import { SecretRows } from './persistence/secret-rows';
import { SecretFacts } from './secret-facts';
import { SecretProviders } from './secret-providers';
import { SecretSealer } from './secret-sealer';
import { workspaceOfRequest } from './workspace-of-request';

/** Older versions are forgotten, unless a live instance names one. */
const VERSIONS_KEPT = 10;

export interface StoredSecret {
  readonly name: string;
  readonly ref: string;
  readonly version: number;
}

/** The writing side of the secret store. Every method joins the caller's transaction, or makes one of its own. */
@Injectable()
export class SecretVault {
  constructor(
    private readonly db: Database,
    private readonly rows: SecretRows,
    private readonly sealer: SecretSealer,
    private readonly providers: SecretProviders,
    private readonly facts: SecretFacts,
  ) {}

  async put(
    scope: string,
    name: string,
    value: string,
    workspaceId = workspaceOfRequest(),
  ): Promise<StoredSecret> {
    const [stored] = await this.putAll(scope, new Map([[name, value]]), workspaceId);
    if (stored === undefined) throw new Error('the store answered nothing for one secret');
    return stored;
  }

  /** Several values of one scope in three statements, however many they are. */
  async putAll(
    scope: string,
    values: ReadonlyMap<string, string>,
    workspaceId = workspaceOfRequest(),
  ): Promise<readonly StoredSecret[]> {
    for (const name of values.keys()) assertStorable(scope, name);
    if (values.size === 0) return [];
    if (!this.providers.isOwn(scope)) throw new SecretKeptElsewhereError(scope);
    return this.db.transaction(async () => {
      const claimed = await this.rows.claimVersions(workspaceId, scope, [...values.keys()]);
      await this.rows.insertVersions(
        claimed.map((each) => this.sealer.seal(scope, each, values.get(each.name) ?? '')),
      );
      const old = claimed.filter(({ version }) => version > VERSIONS_KEPT).map(({ id }) => id);
      if (old.length > 0) await this.rows.prune(old, VERSIONS_KEPT);
      await this.facts.stored(scope, claimed);
      return claimed.map(({ name, version }) => ({ name, version, ref: secretReference(scope, name) }));
    });
  }

  /**
   * Refuses while an instance refers to the secret. The lock is a statement of its own: whoever is about to refer to
   * the secret holds it, and the deleting statement then sees what they wrote.
   */
  async delete(scope: string, name: string, workspaceId = workspaceOfRequest()): Promise<void> {
    await this.db.transaction(async () => {
      if (!(await this.rows.lockForDeletion(workspaceId, scope, name)))
        throw new SecretNotFoundError(scope, name);
      const users = await this.rows.deleteUnused(workspaceId, scope, name);
      if (users.length > 0) throw new SecretInUseError(scope, name, users);
      await this.facts.deleted(scope, [name]);
    });
  }

  /** Everything an instance owned, when it is gone. */
  async deleteScope(scope: string): Promise<void> {
    await this.db.transaction(async () => {
      const names = await this.rows.deleteScope(scope);
      if (names.length > 0) await this.facts.deleted(scope, names);
    });
  }
}
