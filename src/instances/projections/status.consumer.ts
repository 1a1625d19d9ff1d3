import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { type InstanceStatusReportedV1, PROVISIONING_STATUS } from '@app/contracts';
import { Database, isDatabaseUnavailable } from '@app/database';
import { type ConsumerState, QueueConsumer, QueueSet, UnrecoverableError } from '@app/queues';
import { requestContext, systemScope } from '@app/telemetry';
import { parseStatusReports } from './status-report.schema';
import { StatusProjector } from './status.projector';

/** One message holds all that was told together; more at once would only ask the queue and the rows' locks more often. */
const MESSAGES_AT_ONCE = 1;
const STOP_GRACE_MS = 10_000;

/** Takes the provisioner's reports off their queue. */
@Injectable()
export class StatusConsumer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(StatusConsumer.name);
  private readonly consumer: QueueConsumer;
  private last: Promise<void> = Promise.resolve();

  constructor(
    queues: QueueSet,
    private readonly db: Database,
    private readonly projector: StatusProjector,
  ) {
    this.consumer = new QueueConsumer(queues.backend, {
      sender: queues,
      queue: PROVISIONING_STATUS,
      concurrency: MESSAGES_AT_ONCE,
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

  /** In the order of the queue: a report that is overtaken changes nothing, and its phase would be missing in the history. */
  async handle(data: unknown): Promise<void> {
    const reports = this.read(data);
    const mine = this.last.then(() => this.apply(reports));
    this.last = mine.catch(() => undefined);
    await mine;
  }

  /** Told together, applied together; if that is refused, each instance by itself: one must not keep the others from being known. */
  private async apply(reports: readonly InstanceStatusReportedV1[]): Promise<void> {
    const parts = byInstance(reports);
    try {
      await this.applyTogether(reports);
    } catch (error) {
      if (parts.length === 1 || isDatabaseUnavailable(error)) throw error;
      const tries = parts.map((part) => () => this.applyTogether(part));
      const refusals = await failuresOf(tries);
      if (refusals.length > 0) throw refusals[0];
    }
  }

  /** A report that was applied before is older than what is known, and changes nothing. */
  private async applyTogether(reports: readonly InstanceStatusReportedV1[]): Promise<void> {
    await requestContext.run(provisionerScope(), () =>
      this.db.transaction(() => this.projector.apply(reports)),
    );
  }

  /** What cannot be read today cannot be read at the next try either; the others of its message can. */
  private read(data: unknown): readonly InstanceStatusReportedV1[] {
    const { reports, faults } = parseStatusReports(data);
    for (const fault of faults)
      this.logger.error(`a message on ${PROVISIONING_STATUS} is no report: ${fault}`);
    if (reports.length === 0) throw new UnrecoverableError('not a status report of a known version');
    return reports;
  }
}

function byInstance(
  reports: readonly InstanceStatusReportedV1[],
): readonly (readonly InstanceStatusReportedV1[])[] {
  const ids = [...new Set(reports.map((report) => report.instance_id))];
  return ids.map((id) => reports.filter((report) => report.instance_id === id));
}

async function failuresOf(tries: readonly (() => Promise<void>)[]): Promise<unknown[]> {
  const failures: unknown[] = [];
  for (const each of tries) await each().catch((error: unknown) => failures.push(error));
  return failures;
}

/** The cause stays the message's, the actor is who reports. */
const provisionerScope = () => ({ ...systemScope('provisioner'), ...withoutPrincipal(requestContext.get()) });

function withoutPrincipal(scope: ReturnType<typeof requestContext.get>): object {
  if (scope === undefined) return {};
  const { principal: _principal, ...cause } = scope;
  return cause;
}
