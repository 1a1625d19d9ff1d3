import { type InstancePhase } from '@app/contracts';
import { type Counter, type Family, type Gauge, type Histogram, Metrics } from '@app/telemetry';
import { type Engines } from './engine/engines';

const STEP_BOUNDS_S = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30, 120];
const ENGINE_BOUNDS_S = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30];
const START_BOUNDS_S = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const MS_PER_S = 1_000;
/** On the way to running; what is neither has ended otherwise. */
const ON_THE_WAY: ReadonlySet<InstancePhase> = new Set(['creating', 'created', 'starting', 'restarting']);

/** How the provisioner does: looks, steps, engines, starts. */
export class ProvisionerMetrics {
  private readonly looks: Histogram;
  private readonly steps: Family<Counter>;
  private readonly reaped: Counter;
  private readonly up: Family<Gauge>;
  private readonly requests: Family<Histogram>;
  private readonly starts: Family<Histogram>;
  /** When instances were first seen on the way; as many as there are instances that are. */
  private readonly startingSinceMs = new Map<string, number>();

  constructor(private readonly metrics: Metrics = new Metrics()) {
    this.looks = metrics
      .histogram('reconcile_duration_seconds', 'How long one look at an instance took, with its steps.', {
        bounds: STEP_BOUNDS_S,
      })
      .of();
    this.steps = metrics.counter('reconcile_drift_total', 'Steps that brought what runs to what is wanted.', {
      labels: ['kind'],
    });
    this.reaped = metrics.counter('orphans_reaped_total', 'What no instance owned, and was removed.').of();
    this.up = metrics.gauge('engine_up', 'Whether the engine answers.', { labels: ['engine'] });
    this.requests = metrics.histogram(
      'engine_request_duration_seconds',
      'How long the engine took to answer.',
      {
        labels: ['engine', 'operation'],
        bounds: ENGINE_BOUNDS_S,
      },
    );
    this.starts = metrics.histogram(
      'instance_start_duration_seconds',
      'From the first step to a running server.',
      {
        labels: ['engine'],
        bounds: START_BOUNDS_S,
      },
    );
  }

  watch(engines: Pick<Engines, 'health'>): void {
    this.metrics.onScrape(() => {
      for (const { kind, ok } of engines.health().all) this.up.of(kind).set(Number(ok));
    });
  }

  looked(tookMs: number): void {
    this.looks.observe(tookMs / MS_PER_S);
  }

  stepped(kind: string): void {
    this.steps.of(kind).add();
  }

  reap(count: number): void {
    this.reaped.add(count);
  }

  asked(engine: string, operation: string, tookMs: number): void {
    this.requests.of(engine, operation).observe(tookMs / MS_PER_S);
  }

  /** A phase was told; of remote servers, which nobody starts, there is no engine. */
  phase(instanceId: string, phase: InstancePhase, engine: string | undefined): void {
    const now = performance.now();
    if (ON_THE_WAY.has(phase)) {
      if (!this.startingSinceMs.has(instanceId)) this.startingSinceMs.set(instanceId, now);
      return;
    }
    const since = this.startingSinceMs.get(instanceId);
    this.startingSinceMs.delete(instanceId);
    if (phase === 'running' && since !== undefined && engine !== undefined)
      this.starts.of(engine).observe((now - since) / MS_PER_S);
  }
}
