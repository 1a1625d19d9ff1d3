import { Injectable } from '@nestjs/common';
import { type Scope } from '@app/kernel';
import { type QuotaScope } from '../domain/limits.errors';
import { endOfUtcDay, isDaily, utcDay } from '../domain/quota-resource';
import { type StoredQuota } from '../domain/quota';
import { type CallUse, type ResourceUse, UsageRows } from '../persistence/usage-rows';
import { QuotaKeeper } from './quota-keeper';

export interface UsageLine extends ResourceUse {
  /** null for what is held. */
  readonly reset: Date | null;
}

export interface UsageReport {
  readonly quota: StoredQuota;
  readonly resources: readonly UsageLine[];
  readonly calls: readonly CallUse[];
}

const DAY_MS = 86_400_000;

/** What somebody uses, beside what he may use. */
@Injectable()
export class Usage {
  constructor(
    private readonly keeper: QuotaKeeper,
    private readonly rows: UsageRows,
  ) {}

  async resources(quota: StoredQuota, now = new Date()): Promise<readonly UsageLine[]> {
    const lines = await this.rows.resources(quota, utcDay(now));
    return lines.map((line) => ({ ...line, reset: isDaily(line.resource) ? endOfUtcDay(now) : null }));
  }

  async report(
    asking: Scope,
    about: { readonly scope: QuotaScope; readonly scopeId: string; readonly days: number },
  ): Promise<UsageReport> {
    const quota = await this.keeper.get(asking, about.scope, about.scopeId);
    const now = new Date();
    const since = new Date(endOfUtcDay(now).getTime() - about.days * DAY_MS);
    const [resources, calls] = await Promise.all([this.resources(quota, now), this.rows.calls(quota, since)]);
    return { quota, resources, calls };
  }
}
