import { Injectable, Logger } from '@nestjs/common';
import { type InstanceStatusReportedV1 } from '@app/contracts';
import { type DomainEvent } from '@app/kernel';
import { EventAppender } from '@app/outbox';
import { InstanceAnnouncer } from '../announcing/instance-announcer';
import { type StatusChange } from '../domain/status-change';
import { InstanceMetrics } from './instance-metrics';
import { ReportedInstances } from './reported-instances';
import { SecretReads } from './secret-reads';

/**
 * Status reports -> read model, history, operations: a handful of statements, however many reports there are. Runs inside
 * the consumer's transaction; safe to run twice and out of order, because an older report changes nothing.
 */
@Injectable()
export class StatusProjector {
  private readonly logger = new Logger(StatusProjector.name);

  constructor(
    private readonly instances: ReportedInstances,
    private readonly reads: SecretReads,
    private readonly events: EventAppender,
    private readonly announcer: InstanceAnnouncer,
    private readonly metrics: InstanceMetrics,
  ) {}

  async apply(reports: readonly InstanceStatusReportedV1[]): Promise<void> {
    const changes = await this.instances.begin([...new Set(reports.map((report) => report.instance_id))]);
    const facts = new Map<string | undefined, DomainEvent[]>();
    for (const report of reports) {
      const change = changes.get(report.instance_id);
      const ofWorkspace = facts.get(change?.workspaceId) ?? [];
      facts.set(change?.workspaceId, ofWorkspace);
      // Secrets were opened whatever became of the report, and of the instance.
      ofWorkspace.push(...(await this.reads.of(report, change?.workspaceId)), ...this.take(report, change));
    }
    await this.instances.store(changes);
    for (const [workspaceId, events] of facts) await this.events.append(events, { workspaceId });
    for (const [id, { status }] of changes) if (status !== undefined) this.announcer.changed(id);
  }

  private take(report: InstanceStatusReportedV1, change: StatusChange | undefined): readonly DomainEvent[] {
    if (change !== undefined) {
      const facts = change.take(report);
      this.metrics.took(report, facts);
      return facts;
    }
    this.logger.debug(`report ${report.report_id} is about an instance that is gone`);
    return [];
  }
}
