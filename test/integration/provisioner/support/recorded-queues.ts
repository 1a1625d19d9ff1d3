import {
  type InstanceStatusReportedV1,
  type InstanceStatusesReportedV1,
  PROVISIONING_STATUS,
} from '@app/contracts';
import { type QueueMessage, QueueSet, QueueUnavailableError } from '@app/queues';

/** Takes reports as the queue would, and can be away. */
export class RecordedQueues extends QueueSet {
  readonly reports: InstanceStatusReportedV1[] = [];
  isAway = false;

  constructor() {
    super({ kind: 'postgres', url: 'postgres://nobody.invalid/nothing' });
  }

  override add(messages: readonly QueueMessage[]): Promise<void> {
    if (this.isAway) return Promise.reject(new QueueUnavailableError('away'));
    for (const { queue, data } of messages)
      if (queue === PROVISIONING_STATUS) this.reports.push(...(data as InstanceStatusesReportedV1).reports);
    return Promise.resolve();
  }
}
