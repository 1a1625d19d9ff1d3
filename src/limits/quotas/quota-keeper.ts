import { Injectable, Logger } from '@nestjs/common';
import { CHANNELS } from '@app/contracts';
import { Database } from '@app/database';
import { assertVersion, type ExpectedVersions } from '@app/http';
import { DEFAULT_WORKSPACE_ID, isUuid, type Scope } from '@app/kernel';
import { EventAppender } from '@app/outbox';
import { PubSub } from '@app/queues';
import { QuotaUnknownError, type QuotaScope } from '../domain/limits.errors';
import { quotaChanged } from '../domain/quota.events';
import { type LimitValues, type QuotaSubject, type StoredQuota } from '../domain/quota';
import { QuotaLimitRows } from '../persistence/quota-limit-rows';

/** Sets and shows limits. Those of workspaces are the installation's to set, all others their workspace's. */
@Injectable()
export class QuotaKeeper {
  private readonly logger = new Logger(QuotaKeeper.name);

  constructor(
    private readonly db: Database,
    private readonly rows: QuotaLimitRows,
    private readonly events: EventAppender,
    private readonly pubsub: PubSub,
  ) {}

  list({ workspaceId }: Scope): Promise<readonly StoredQuota[]> {
    return this.rows.list(workspaceId);
  }

  /** Whoever is there has a quota, if only the defaults. */
  async get(asking: Scope, scope: QuotaScope, scopeId: string): Promise<StoredQuota> {
    const subject = await this.subjectOf(asking, scope, scopeId);
    return (await this.rows.find(subject)) ?? { ...subject, limits: {}, version: 0, updatedAt: new Date(0) };
  }

  async put(
    asking: Scope,
    { scope, scopeId }: Pick<QuotaSubject, 'scope' | 'scopeId'>,
    limits: LimitValues,
    expected: ExpectedVersions,
  ): Promise<StoredQuota> {
    const subject = await this.changeableOf(asking, scope, scopeId);
    const stored = await this.db.transaction(async () => {
      const before = await this.lock(subject, expected);
      const after = await this.rows.put(subject, limits);
      await this.rows.dropIdleCounters(subject.workspaceId);
      await this.tell(subject, before?.limits ?? {}, limits);
      return after;
    });
    this.announce(subject);
    return stored;
  }

  async reset(asking: Scope, scope: QuotaScope, scopeId: string, expected: ExpectedVersions): Promise<void> {
    const subject = await this.changeableOf(asking, scope, scopeId);
    await this.db.transaction(async () => {
      const before = await this.lock(subject, expected);
      if (before === undefined) return;
      await this.rows.delete(subject);
      await this.rows.dropIdleCounters(subject.workspaceId);
      await this.tell(subject, before.limits, {});
    });
    this.announce(subject);
  }

  private async lock(subject: QuotaSubject, expected: ExpectedVersions): Promise<StoredQuota | undefined> {
    await this.rows.lock(subject.workspaceId);
    const before = await this.rows.find(subject);
    assertVersion(expected, before?.version ?? 0);
    return before;
  }

  private tell({ scope, scopeId }: QuotaSubject, before: LimitValues, after: LimitValues): Promise<void> {
    return this.events.append([quotaChanged({ scope, scopeId, before, after })], { before, after });
  }

  private async changeableOf(asking: Scope, scope: QuotaScope, scopeId: string): Promise<QuotaSubject> {
    if (scope === 'workspace' && asking.workspaceId !== DEFAULT_WORKSPACE_ID)
      throw new QuotaUnknownError(scope, scopeId);
    return this.subjectOf(asking, scope, scopeId);
  }

  private async subjectOf(asking: Scope, scope: QuotaScope, scopeId: string): Promise<QuotaSubject> {
    const isForeign = scope === 'workspace' && asking.workspaceId === DEFAULT_WORKSPACE_ID && isUuid(scopeId);
    const subject = { workspaceId: isForeign ? scopeId : asking.workspaceId, scope, scopeId };
    if (!(await this.rows.exists(subject))) throw new QuotaUnknownError(scope, scopeId);
    return subject;
  }

  /** A lost notice costs as long as a process waits between two looks. */
  private announce({ scope, scopeId }: QuotaSubject): void {
    this.pubsub.publish(CHANNELS.identity, `quota:${scope}:${scopeId}`).catch((error: unknown) => {
      this.logger.warn(`a change of a quota was not announced: ${String(error)}`);
    });
  }
}
