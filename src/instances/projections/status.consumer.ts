import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { type InstanceStatusReportedV1, PROVISIONING_STATUS } from '@app/contracts';
import { Database } from '@app/database';
import { type ConsumerState, Inbox, QueueConsumer, QueueSet, UnrecoverableError } from '@app/queues';
import { requestContext, systemScope } from '@app/telemetry';
import { parseStatusReport } from './status-report.schema';
import { StatusProjector } from './status.projector';

const CONSUMER = 'instances.status';
/** Reports of one instance queue up behind its row lock; more than this would only hold connections. */
const REPORTS_AT_ONCE = 4;
const STOP_GRACE_MS = 10_000;

/** Takes the provisioner's reports off their queue. */
@Injectable()
export class StatusConsumer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(StatusConsumer.name);
  private readonly consumer: QueueConsumer;
  /** The last report under way of each instance; no more entries than reports at once. */
  private readonly underWay = new Map<string, Promise<unknown>>();

  constructor(
    queues: QueueSet,
    private readonly db: Database,
    private readonly inbox: Inbox,
    private readonly projector: StatusProjector,
  ) {
    this.consumer = new QueueConsumer(queues.backend, {
      queue: PROVISIONING_STATUS,
      concurrency: REPORTS_AT_ONCE,
      handle: (data) => this.handle(data),
    });
  }

  onApplicationBootstrap(): void {
    this.consumer.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.consumer.stop(STOP_GRACE_MS);
  }

  state(): ConsumerState {
    return this.consumer.state();
  }

  async handle(data: unknown): Promise<void> {
    const report = this.read(data);
    await this.inTurn(report.instance_id, () => this.apply(report));
  }

  /** In the order of the queue: a report that is overtaken changes nothing, and its phase would be missing in the history. */
  private async inTurn(instanceId: string, work: () => Promise<void>): Promise<void> {
    const before = this.underWay.get(instanceId) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.underWay.set(instanceId, mine);
    try {
      await mine;
    } finally {
      if (this.underWay.get(instanceId) === mine) this.underWay.delete(instanceId);
    }
  }

  /** A report that was applied before is older than what is known, and changes nothing; only reads of secrets are counted. */
  private async apply(report: InstanceStatusReportedV1): Promise<void> {
    const work = (): Promise<void> => this.projector.apply(report);
    await requestContext.run(provisionerScope(), async () => {
      if (report.secrets_read.length === 0) await this.db.transaction(work);
      else await this.inbox.once(CONSUMER, report.report_id, work);
    });
  }

  /** What cannot be read today cannot be read at the next try either. */
  private read(data: unknown): InstanceStatusReportedV1 {
    try {
      return parseStatusReport(data);
    } catch (error) {
      this.logger.error(`a message on ${PROVISIONING_STATUS} is no report: ${String(error)}`);
      throw new UnrecoverableError('not a status report of a known version');
    }
  }
}

/** The cause stays the message's, the actor is who reports. */
const provisionerScope = () => ({ ...systemScope('provisioner'), ...withoutPrincipal(requestContext.get()) });

function withoutPrincipal(scope: ReturnType<typeof requestContext.get>): object {
  if (scope === undefined) return {};
  const { principal: _principal, ...cause } = scope;
  return cause;
}
