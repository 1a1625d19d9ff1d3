import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { systemClock } from '@app/kernel';
import { type HealthIndicator } from './health-indicator';
import { HealthMonitor, type HealthCheck } from './health-monitor';
import { type HealthModes, HealthOptions } from './health.options';

export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy';

export interface Readiness {
  readonly ready: boolean;
  /** One sentence for each reason against it. */
  readonly causes: readonly string[];
}

export interface HealthReport {
  readonly status: HealthStatus;
  readonly uptimeS: number;
  readonly checks: readonly (HealthCheck & { readonly ageMs: number })[];
  readonly modes: HealthModes;
  readonly relaxations: readonly string[];
  readonly instances: Readonly<Record<string, number>>;
}

@Injectable()
export class HealthService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly monitor: HealthMonitor;
  private readonly startedAtMs = systemClock.monotonicMs();
  private instanceCounts: () => Readonly<Record<string, number>> = () => ({});
  private readonly more: (() => string | undefined)[] = [];
  private isBootstrapped = false;
  private wasReadyOnce = false;
  private isDraining = false;

  constructor(readonly options: HealthOptions) {
    this.monitor = new HealthMonitor(systemClock);
    for (const indicator of options.indicators) this.monitor.add(indicator);
  }

  /** For a context that has something to say of itself. */
  add(indicator: HealthIndicator): void {
    this.monitor.add(indicator);
  }

  /** For a context that may open something: asked at each report, undefined while it is closed. */
  addRelaxation(sentence: () => string | undefined): void {
    this.more.push(sentence);
  }

  /** How many instances are in which state; from memory, never from the database. */
  countInstances(counts: () => Readonly<Record<string, number>>): void {
    this.instanceCounts = counts;
  }

  onApplicationBootstrap(): void {
    this.isBootstrapped = true;
  }

  onModuleDestroy(): void {
    this.drain();
  }

  /** From now on no new traffic, please: said first, so that a balancer hears of it before the sockets close. */
  drain(): void {
    this.isDraining = true;
  }

  async readiness(): Promise<Readiness> {
    const failing = (await this.monitor.required()).filter(({ ok }) => !ok);
    const causes = failing.map(({ name, detail }) => `${name}: ${detail}`);
    if (this.isDraining) causes.unshift('shutdown: this process is ending');
    if (!this.isBootstrapped) causes.unshift('startup: this process is still starting');
    this.wasReadyOnce ||= causes.length === 0;
    return { ready: causes.length === 0, causes };
  }

  /** Passed once everything that is required was there at the same time; what fails later is a matter of readiness. */
  async startup(): Promise<Readiness> {
    return this.wasReadyOnce ? { ready: true, causes: [] } : this.readiness();
  }

  /** Only what this role needs can make it unhealthy; anything else that fails makes it degraded. */
  async status(): Promise<HealthStatus> {
    return statusOf(await this.monitor.all());
  }

  async report(): Promise<HealthReport> {
    const checks = await this.monitor.all();
    return {
      status: statusOf(checks),
      uptimeS: Math.round((systemClock.monotonicMs() - this.startedAtMs) / 1_000),
      checks: checks.map((check) => ({ ...check, ageMs: this.monitor.ageMs(check) })),
      modes: await this.options.modes(),
      relaxations: [...this.options.relaxations(), ...this.more.flatMap((sentence) => sentence() ?? [])],
      instances: this.instanceCounts(),
    };
  }
}

function statusOf(checks: readonly HealthCheck[]): HealthStatus {
  if (checks.some(({ ok, required }) => !ok && required)) return 'unhealthy';
  return checks.some(({ ok }) => !ok) ? 'degraded' : 'healthy';
}
