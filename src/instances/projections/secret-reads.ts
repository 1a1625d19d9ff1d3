import { Injectable } from '@nestjs/common';
import { type InstanceStatusReportedV1, parseSecretReference } from '@app/contracts';
import { type DomainEvent } from '@app/kernel';
import { Inbox } from '@app/queues';
import { secretRead } from '../../secrets';

const CONSUMER = 'instances.status';

/** Which secrets the provisioner opened for a step, as facts; joins the caller's transaction. */
@Injectable()
export class SecretReads {
  constructor(private readonly inbox: Inbox) {}

  /** Counted once, however often the report arrives. */
  async of(report: InstanceStatusReportedV1): Promise<readonly DomainEvent[]> {
    const { secrets_read: reads, instance_id: instanceId, report_id: reportId } = report;
    if (reads.length === 0) return [];
    const isFirst = await this.inbox.once(CONSUMER, reportId, () => Promise.resolve());
    if (!isFirst) return [];
    return reads.flatMap(({ ref, version }) => {
      const reference = parseSecretReference(ref);
      return reference === undefined
        ? []
        : [secretRead(reference.scope, reference.name, version, instanceId)];
    });
  }
}
