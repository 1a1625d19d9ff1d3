import { Injectable } from '@nestjs/common';
import { type InstanceStatusReportedV1, parseSecretReference } from '@app/contracts';
import { type DomainEvent } from '@app/kernel';
import { Inbox } from '@app/queues';
import { AuditTrail } from '../../audit';
import { secretRead } from '../../secrets';

const CONSUMER = 'instances.status';

/** Which secrets the provisioner opened for a step, as facts; joins the caller's transaction. */
@Injectable()
export class SecretReads {
  constructor(
    private readonly inbox: Inbox,
    private readonly audit: AuditTrail,
  ) {}

  /** Counted once, however often the report arrives. */
  async of(report: InstanceStatusReportedV1, workspaceId?: string): Promise<readonly DomainEvent[]> {
    const { secrets_read: reads, secrets_failed: failed = [], instance_id: instanceId } = report;
    if (reads.length + failed.length === 0) return [];
    const isFirst = await this.inbox.once(CONSUMER, report.report_id, () => Promise.resolve());
    if (!isFirst) return [];
    for (const ref of failed) this.noteFailure(ref, instanceId, workspaceId);
    return reads.flatMap(({ ref, version }) => {
      const reference = parseSecretReference(ref);
      return reference === undefined
        ? []
        : [secretRead(reference.scope, reference.name, version, instanceId)];
    });
  }

  /** Nothing was opened, so there is no event; that somebody tried belongs into the trail all the same. */
  private noteFailure(ref: string, instanceId: string, workspaceId?: string): void {
    const { scope, name } = parseSecretReference(ref) ?? { scope: 'unknown', name: ref };
    this.audit.record({
      ...{ action: 'secret.read', resourceType: 'secrets', resourceId: `${scope}:${name}` },
      ...{ outcome: 'failed', detail: { instance_id: instanceId } },
      ...(workspaceId === undefined ? {} : { workspaceId }),
    });
  }
}
