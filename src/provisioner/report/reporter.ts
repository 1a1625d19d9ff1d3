import { type InstanceStatusReportedV1 } from '@app/contracts';
import { type Clock, newId } from '@app/kernel';
import { type Failpoints } from '../failpoints';
import { type ProvisionerTiming } from '../provisioner.options';
import { type ReportOutbox } from './report-outbox';
import { isSameNews, type Look, type ReportBody, reportBodyOf } from './status-report';

interface Told {
  readonly body: ReportBody;
  readonly nextAttemptAtMs: number | null;
  readonly atMs: number;
  readonly sequence: number;
}

/** The row waits for this one word; should it get lost, it is said again soon. */
const REPEAT_DELETED_AFTER_MS = 10_000;

export interface ReporterParts {
  readonly outbox: ReportOutbox;
  readonly nextSequence: () => number;
  readonly timing: ProvisionerTiming;
  readonly failpoints: Failpoints;
  readonly clock: Clock;
}

/** Decides what is worth a report, and gives it its place in the order. */
export class Reporter {
  readonly #told = new Map<string, Told>();

  constructor(private readonly parts: ReporterParts) {}

  /** Whether there was anything to tell. */
  report(look: Look): boolean {
    const body = reportBodyOf(look);
    if (!this.#isWorthTelling(look, body)) return false;
    if (body.phase === 'running') this.parts.failpoints.pass('before-report');
    const { instanceId } = look.desired;
    const { nextAttemptAtMs } = look.status;
    const report = this.#stamped(look, body);
    const { sequence } = report;
    this.#told.set(instanceId, { body, nextAttemptAtMs, atMs: this.parts.clock.monotonicMs(), sequence });
    this.parts.outbox.push(report);
    return true;
  }

  /** Whoever reads is behind what was told: a queue that was emptied has lost it, so the next look tells it again. */
  heard(instanceId: string, sequence: number): void {
    const told = this.#told.get(instanceId);
    if (told === undefined || told.sequence <= sequence) return;
    const ageMs = this.parts.clock.monotonicMs() - told.atMs;
    if (ageMs >= this.parts.timing.repeatUnheardAfterMs) this.forget(instanceId);
  }

  /** The next look tells its instance again, whether or not anything changed. */
  forget(instanceId: string): void {
    this.#told.delete(instanceId);
  }

  forgetAll(): void {
    this.#told.clear();
  }

  #isWorthTelling({ desired, status, memory }: Look, body: ReportBody): boolean {
    const told = this.#told.get(desired.instanceId);
    if (told === undefined || memory.lastError !== undefined || memory.hasSecretNews) return true;
    const ageMs = this.parts.clock.monotonicMs() - told.atMs;
    if (!isSameNews(told.body, body) || told.nextAttemptAtMs !== status.nextAttemptAtMs) return true;
    return (
      ageMs >= (body.phase === 'deleted' ? REPEAT_DELETED_AFTER_MS : this.parts.timing.repeatReportAfterMs)
    );
  }

  #stamped({ status, memory, observed }: Look, body: ReportBody): InstanceStatusReportedV1 {
    const { lastError } = memory;
    memory.lastError = undefined;
    const secretsRead = memory.secretsRead.splice(0);
    const secretsFailed = memory.secretsFailed.splice(0);
    return {
      ...body,
      report_id: newId(),
      sequence: this.parts.nextSequence(),
      at: this.parts.clock.now().toISOString(),
      next_attempt_at: this.#inWallTime(status.nextAttemptAtMs, observed.nowMs),
      secrets_read: secretsRead,
      secrets_failed: secretsFailed,
      ...(lastError !== undefined && { last_error: lastError }),
    };
  }

  #inWallTime(monotonicMs: number | null, nowMs: number): string | null {
    if (monotonicMs === null) return null;
    return new Date(this.parts.clock.now().getTime() + monotonicMs - nowMs).toISOString();
  }
}
