import { type DomainEvent } from '@app/kernel';
import { type QuotaScope } from './limits.errors';

interface QuotaChange {
  readonly scope: QuotaScope;
  readonly scopeId: string;
  readonly before: Readonly<Record<string, number | null>>;
  readonly after: Readonly<Record<string, number | null>>;
}

/** An empty object is: nothing of its own, the defaults hold. */
export const quotaChanged = ({ scope, scopeId, before, after }: QuotaChange): DomainEvent => ({
  name: 'limits.quota.changed',
  aggregateType: 'quotas',
  aggregateId: `${scope}:${scopeId}`,
  data: { scope, scope_id: scopeId, before, after },
  occurredAt: new Date(),
});
