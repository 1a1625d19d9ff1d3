import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { idOfRequest, Scrubber } from '@app/telemetry';
import { IssuerInvalidError } from './domain/issuer.errors';
import { problem } from './domain/issuer-rules';
import { type IssuerContent } from './domain/trusted-issuer';
import { IssuerChecks, type SecretChange } from './issuer-checks';
import { IssuerFacts } from './issuer-facts';
import { SECRET_KINDS } from './issuer-row';
import { IssuerStore, MAX_ISSUERS, type StoredIssuer } from './issuer-store';

export interface IssuerChange {
  readonly content: Partial<IssuerContent>;
  readonly secrets: SecretChange;
  /** Checks the version that the caller saw against the stored one; throws when they differ. */
  readonly demandVersion: (rowVersion: number) => void;
}

/** Who is trusted, changed by administrators: each change with its event in one transaction. */
@Injectable()
export class IssuerChanges {
  constructor(
    private readonly db: Database,
    private readonly store: IssuerStore,
    private readonly checks: IssuerChecks,
    private readonly facts: IssuerFacts,
    private readonly scrubber: Scrubber,
  ) {}

  async create(content: IssuerContent, secrets: SecretChange): Promise<StoredIssuer> {
    this.checks.demandValid(content, secrets);
    const id = idOfRequest('issuers', content.name);
    return this.db.transaction(async () => {
      await this.store.demandWorkspaces(content);
      await this.store.insert(id, content);
      if ((await this.store.count()) > MAX_ISSUERS)
        throw new IssuerInvalidError([problem('/name', `there may be ${MAX_ISSUERS} issuers`)]);
      await this.keep(id, secrets);
      const stored = await this.store.get(id);
      await this.facts.created(stored.issuer);
      return stored;
    });
  }

  async update(id: string, { content: change, secrets, demandVersion }: IssuerChange): Promise<StoredIssuer> {
    this.checks.demandChangeable(id);
    return this.db.transaction(async () => {
      const { issuer: before, rowVersion } = await this.lock(id);
      demandVersion(rowVersion);
      const content = { ...before, ...change };
      this.checks.demandValid(content, secrets, before);
      await this.store.demandWorkspaces(content);
      await this.store.update(id, content);
      await this.keep(id, secrets);
      const stored = await this.store.get(id);
      await this.facts.updated(stored.issuer, before);
      return stored;
    });
  }

  async remove(id: string, demandVersion: (rowVersion: number) => void): Promise<void> {
    this.checks.demandChangeable(id);
    await this.db.transaction(async () => {
      const { issuer, rowVersion } = await this.lock(id);
      demandVersion(rowVersion);
      await this.store.remove(id);
      await this.facts.deleted(issuer);
    });
  }

  private async lock(id: string): Promise<StoredIssuer> {
    await this.store.lock(id);
    return this.store.get(id);
  }

  private async keep(id: string, secrets: SecretChange): Promise<void> {
    for (const kind of SECRET_KINDS) {
      const value = secrets[kind];
      if (value === null) await this.store.removeSecret(id, kind);
      else if (value !== undefined) {
        this.scrubber.learn(value, `issuer ${id}`);
        await this.store.putSecret(id, kind, value);
      }
    }
  }
}
