import {
  type DesiredState,
  type InstancePhase,
  type InstanceStatusReportedV1,
  type LastErrorReport,
  type SecretDelivery,
} from '@app/contracts';
import { type DomainEvent } from '@app/kernel';
import { advanceOperation, type OperationProgress } from './operation';
import { phaseReported, secretsExposed } from './phase.events';

export interface ReportedInstance {
  readonly id: string;
  readonly name: string;
  readonly workspace_id: string;
  readonly desired_state: DesiredState;
  readonly generation: number;
}

/** What is remembered from one report to the next; everything else of a status is the last report's. */
export interface KnownStatus {
  readonly generation: number;
  readonly sequence: number;
  readonly phase: InstancePhase;
  readonly reason: string;
  readonly since: Date;
  readonly last_error: LastErrorReport | null;
  readonly secret_delivery: SecretDelivery | null;
  readonly secret_delivery_reason: string | null;
}

export interface OpenOperation extends OperationProgress {
  readonly id: string;
}

/**
 * What reports make of one instance's status and operations. Pure; a report that is older than what is known changes nothing
 * but, perhaps, the last error, so that reports may come twice and out of order.
 */
export class StatusChange {
  /** The newest report that counted. */
  #newest: InstanceStatusReportedV1 | undefined;
  #known: KnownStatus | undefined;
  #operations: readonly OpenOperation[];
  #isEnded = false;
  #hasLateError = false;

  constructor(
    private readonly instance: ReportedInstance,
    known: KnownStatus | undefined,
    private readonly before: readonly OpenOperation[],
  ) {
    this.#known = known;
    this.#operations = before;
  }

  get workspaceId(): string {
    return this.instance.workspace_id;
  }

  /** The facts that are news. */
  take(report: InstanceStatusReportedV1): readonly DomainEvent[] {
    if (this.#isEnded) return [];
    const known = this.#known;
    if (known !== undefined && !isNewer(report, known)) {
      this.#keepLateError(known, report);
      return [];
    }
    this.#newest = report;
    this.#known = advanced(known, report);
    this.#operations = this.#operations.map((each) => ({
      ...advanceOperation(each, { ...report, at: new Date(report.at) }),
      id: each.id,
    }));
    this.#isEnded = isEnd(this.instance, report);
    return known?.phase === report.phase && known.reason === report.reason ? [] : this.#factsOf(report);
  }

  /** The status to store; undefined: it stays. */
  get status(): (KnownStatus & { readonly report: InstanceStatusReportedV1 | undefined }) | undefined {
    if (this.#known === undefined || (this.#newest === undefined && !this.#hasLateError)) return undefined;
    return { ...this.#known, report: this.#newest };
  }

  /** The operations to store. */
  get operations(): readonly OpenOperation[] {
    return this.#operations.filter((each, at) => !isSameProgress(each, this.before[at]));
  }

  /** Everything it owned is gone. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  #factsOf(report: InstanceStatusReportedV1): readonly DomainEvent[] {
    const fact = phaseReported(this.instance.name, report);
    // Once for each container: it is made once, and only then is it known how.
    const isExposed = report.phase === 'created' && report.secret_delivery === 'env';
    return isExposed ? [fact, secretsExposed(this.instance.name, report)] : [fact];
  }

  /** What went wrong last stands beside the phases: a report that was overtaken on its way is not too old to tell of it. */
  #keepLateError(known: KnownStatus, { generation, last_error: error }: InstanceStatusReportedV1): void {
    if (error === undefined || error === null || generation !== known.generation) return;
    if (known.last_error !== null && known.last_error.at >= error.at) return;
    this.#known = { ...known, last_error: error };
    this.#hasLateError = true;
  }
}

const isNewer = (report: InstanceStatusReportedV1, known: KnownStatus): boolean =>
  report.generation > known.generation ||
  (report.generation === known.generation && report.sequence > known.sequence);

/** Only who asked for the deletion of this very generation may be told that it is done. */
const isEnd = (instance: ReportedInstance, report: InstanceStatusReportedV1): boolean =>
  report.phase === 'deleted' &&
  instance.desired_state === 'deleted' &&
  report.generation >= instance.generation;

/**
 * `since` is kept while the phase stays, and `last_error` while the report does not speak of it, both within a generation.
 * Who took a container over does not know how its secrets got there; what was reported of the same generation does.
 */
function advanced(known: KnownStatus | undefined, report: InstanceStatusReportedV1): KnownStatus {
  const { generation, sequence, phase, reason, last_error: error } = report;
  const same = known?.generation === generation ? known : undefined;
  const delivery = report.secret_delivery === null ? (same ?? report) : report;
  return {
    generation,
    sequence,
    phase,
    reason,
    since: same?.phase === phase ? same.since : new Date(report.at),
    last_error: error === undefined ? (same?.last_error ?? null) : error,
    secret_delivery: delivery.secret_delivery,
    secret_delivery_reason: delivery.secret_delivery_reason,
  };
}

/** A step that is told again brings a new object with the same words. */
const isSameProgress = (one: OpenOperation, other: OpenOperation | undefined): boolean =>
  JSON.stringify(one) === JSON.stringify(other);
