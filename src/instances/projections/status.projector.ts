import { Injectable, Logger } from '@nestjs/common';
import { type InstanceStatusReportedV1, parseSecretReference } from '@app/contracts';
import { type DomainEvent } from '@app/kernel';
import { EventAppender } from '@app/outbox';
import { Inbox } from '@app/queues';
import { SecretVault, secretRead } from '../../secrets';
import { InstanceAnnouncer } from '../announcing/instance-announcer';
import { StatusChange } from '../domain/status-change';
import { OperationRows } from './operation-rows';
import { StatusRows } from './status-rows';

const CONSUMER = 'instances.status';

/**
 * Status reports -> read model, history, operations: a handful of statements, however many reports there are. Runs inside
 * the consumer's transaction; safe to run twice and out of order, because an older report changes nothing.
 */
@Injectable()
export class StatusProjector {
  private readonly logger = new Logger(StatusProjector.name);

  constructor(
    private readonly rows: StatusRows,
    private readonly operations: OperationRows,
    private readonly inbox: Inbox,
    private readonly events: EventAppender,
    private readonly vault: SecretVault,
    private readonly announcer: InstanceAnnouncer,
  ) {}

  async apply(reports: readonly InstanceStatusReportedV1[]): Promise<void> {
    const changes = await this.begin([...new Set(reports.map((report) => report.instance_id))]);
    const facts = new Map<string | undefined, DomainEvent[]>();
    for (const report of reports) {
      const change = changes.get(report.instance_id);
      if (change === undefined)
        this.logger.debug(`report ${report.report_id} is about an instance that is gone`);
      const ofWorkspace = facts.get(change?.workspaceId) ?? [];
      facts.set(change?.workspaceId, ofWorkspace);
      // Secrets were opened whatever became of the report, and of the instance.
      ofWorkspace.push(...(await this.readsOf(report)), ...(change?.take(report) ?? []));
    }
    await this.store(changes);
    for (const [workspaceId, events] of facts)
      if (events.length > 0) await this.events.append(events, { workspaceId });
  }

  private async begin(ids: readonly string[]): Promise<ReadonlyMap<string, StatusChange>> {
    const instances = await this.rows.lock(ids);
    if (instances.length === 0) return new Map();
    const locked = instances.map(({ id }) => id);
    const [known, open] = [await this.rows.known(locked), await this.operations.open(locked)];
    return new Map(
      instances.map((instance) => [
        instance.id,
        new StatusChange(instance, known.get(instance.id), open.get(instance.id) ?? []),
      ]),
    );
  }

  private async store(changes: ReadonlyMap<string, StatusChange>): Promise<void> {
    const statuses = [...changes].flatMap(([id, { status }]) =>
      status === undefined ? [] : [[id, status] as const],
    );
    await this.rows.store(new Map(statuses));
    await this.operations.store([...changes.values()].flatMap(({ operations }) => operations));
    for (const [id, { isEnded }] of changes)
      if (isEnded) {
        await this.rows.markDeleted(id);
        await this.vault.deleteScope(id);
      }
    for (const [id] of statuses) this.announcer.changed(id);
  }

  /** Counted once, however often the report arrives. */
  private async readsOf(report: InstanceStatusReportedV1): Promise<readonly DomainEvent[]> {
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
