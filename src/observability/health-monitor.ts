import { type Clock } from '@app/kernel';
import { SingleFlight, withTimeout } from '@app/resilience';
import { type HealthFinding, type HealthIndicator } from './health-indicator';

/** A dependency that does not answer a health question in this time is down, whatever it does later. */
const CHECK_LIMIT_MS = 2_000;
/** Health is asked by anybody: an answer this young is given again instead of bothering the dependency. */
const REUSE_MS = 1_000;

export interface HealthCheck extends HealthFinding {
  readonly name: string;
  readonly required: boolean;
  readonly latencyMs: number;
  /** When it became what it is. */
  readonly since: Date;
  readonly checkedAtMs: number;
}

/** Asks the indicators and remembers since when each is as it is. */
export class HealthMonitor {
  private readonly latest = new Map<string, HealthCheck>();
  private readonly flights = new SingleFlight<string, HealthCheck>();

  private readonly indicators: HealthIndicator[] = [];

  constructor(private readonly clock: Clock) {}

  add(indicator: HealthIndicator): void {
    this.indicators.push(indicator);
  }

  all(): Promise<readonly HealthCheck[]> {
    return Promise.all(this.indicators.map((indicator) => this.one(indicator)));
  }

  required(): Promise<readonly HealthCheck[]> {
    const required = this.indicators.filter(({ requiredFor }) => requiredFor === 'ready');
    return Promise.all(required.map((indicator) => this.one(indicator)));
  }

  ageMs(check: HealthCheck): number {
    return Math.round(this.clock.monotonicMs() - check.checkedAtMs);
  }

  private one(indicator: HealthIndicator): Promise<HealthCheck> {
    const known = this.latest.get(indicator.name);
    if (known !== undefined && this.ageMs(known) < REUSE_MS) return Promise.resolve(known);
    return this.flights.run(indicator.name, () => this.look(indicator));
  }

  private async look(indicator: HealthIndicator): Promise<HealthCheck> {
    const startedAtMs = this.clock.monotonicMs();
    const finding = await this.ask(indicator);
    const before = this.latest.get(indicator.name);
    const check: HealthCheck = {
      ...finding,
      name: indicator.name,
      required: indicator.requiredFor === 'ready',
      latencyMs: Math.round(this.clock.monotonicMs() - startedAtMs),
      since: before?.ok === finding.ok ? before.since : this.clock.now(),
      checkedAtMs: this.clock.monotonicMs(),
    };
    this.latest.set(indicator.name, check);
    return check;
  }

  private async ask(indicator: HealthIndicator): Promise<HealthFinding> {
    try {
      return await withTimeout(CHECK_LIMIT_MS, () => indicator.check(), {
        what: `The check of ${indicator.name}`,
      });
    } catch (error) {
      return { ok: false, detail: error instanceof Error ? error.message : String(error) };
    }
  }
}
