import { type QuotaScope } from './limits.errors';

/** By resource; null is no limit. */
export type LimitValues = Readonly<Record<string, number | null>>;

export interface QuotaSubject {
  readonly workspaceId: string;
  readonly scope: QuotaScope;
  readonly scopeId: string;
}

/** What was set for one subject. Version 0: nothing, the defaults hold. */
export interface StoredQuota extends QuotaSubject {
  readonly limits: LimitValues;
  readonly version: number;
  readonly updatedAt: Date;
}
