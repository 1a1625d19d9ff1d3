import { Injectable, Logger } from '@nestjs/common';
import { type InstanceStatusReportedV1, parseSecretReference } from '@app/contracts';
import { type DomainEvent } from '@app/kernel';
import { EventAppender } from '@app/outbox';
import { SecretVault, secretRead } from '../../secrets';
import { InstanceAnnouncer } from '../announcing/instance-announcer';
import { phaseReported, secretsExposed } from '../domain/phase.events';
import { OperationRows } from './operation-rows';
import { type ReportedInstance, StatusRows } from './status-rows';

/**
 * Status report -> read model, history, operations. Runs inside the transaction of the inbox; safe to run twice and out
 * of order, because an older report changes nothing.
 */
@Injectable()
export class StatusProjector {
  private readonly logger = new Logger(StatusProjector.name);

  constructor(
    private readonly rows: StatusRows,
    private readonly operations: OperationRows,
    private readonly events: EventAppender,
    private readonly vault: SecretVault,
    private readonly announcer: InstanceAnnouncer,
  ) {}

  async apply(report: InstanceStatusReportedV1): Promise<void> {
    const instance = await this.rows.lock(report.instance_id);
    // Secrets were opened whatever became of the report, and of the instance.
    const facts: DomainEvent[] = readsOf(report);
    if (instance?.deleted_at === null) facts.push(...(await this.project(instance, report)));
    else this.logger.debug(`report ${report.report_id} is about an instance that is gone`);
    if (facts.length > 0) await this.events.append(facts, { workspaceId: instance?.workspace_id });
  }

  private async project(
    instance: ReportedInstance,
    report: InstanceStatusReportedV1,
  ): Promise<DomainEvent[]> {
    const outcome = await this.rows.upsert(report);
    if (!outcome.applied) {
      await this.rows.keepError(report);
      return [];
    }
    const at = new Date(report.at);
    if (outcome.has_operations) await this.operations.advance(instance.id, { ...report, at });
    if (isEnd(instance, report)) {
      await this.rows.markDeleted(instance.id);
      await this.vault.deleteScope(instance.id);
    }
    this.announcer.changed(instance.id);
    const isNews = outcome.phase_before !== report.phase || outcome.reason_before !== report.reason;
    if (!isNews) return [];
    const fact = phaseReported(instance.name, report);
    // Once for each container: it is made once, and only then is it known how.
    const isExposed = report.phase === 'created' && report.secret_delivery === 'env';
    return isExposed ? [fact, secretsExposed(instance.name, report)] : [fact];
  }
}

/** Only who asked for the deletion of this very generation may be told that it is done. */
const isEnd = (instance: ReportedInstance, report: InstanceStatusReportedV1): boolean =>
  report.phase === 'deleted' &&
  instance.desired_state === 'deleted' &&
  report.generation >= instance.generation;

function readsOf({ secrets_read: reads, instance_id: instanceId }: InstanceStatusReportedV1): DomainEvent[] {
  return reads.flatMap(({ ref, version }) => {
    const reference = parseSecretReference(ref);
    return reference === undefined ? [] : [secretRead(reference.scope, reference.name, version, instanceId)];
  });
}
