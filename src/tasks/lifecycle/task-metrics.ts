import { Injectable, Optional } from '@nestjs/common';
import { type Counter, type Family, type Histogram, KnownValues, Metrics } from '@app/telemetry';
import { isFinished } from '../domain/task';
import { type Transition } from '../domain/transition';
import { type LockedTask } from '../persistence/task-facts';
import { tellAttempt } from './attempt-spans';

/** Types are words of the submitters: beyond these they share a series. */
const TYPES_MAX = 50;
const DURATION_BOUNDS_S = [0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3_600, 14_400];

/** Counts what became of tasks, and tells of their attempts, in the process where it was stored. */
@Injectable()
export class TaskMetrics {
  private readonly types = new KnownValues(TYPES_MAX);
  private readonly finished: Family<Counter>;
  private readonly durations: Family<Histogram>;
  private readonly lost: Counter;

  constructor(@Optional() metrics: Metrics = new Metrics()) {
    this.finished = metrics.counter('tasks_finished_total', 'Tasks that ended, by how.', {
      labels: ['type', 'outcome'],
    });
    this.durations = metrics.histogram('task_duration_seconds', 'How long attempts took that ended well.', {
      labels: ['type'],
      bounds: DURATION_BOUNDS_S,
    });
    this.lost = metrics.counter('task_leases_lost_total', 'Leases that ended without a word.').of();
  }

  count(task: LockedTask, transition: Transition): void {
    const { status, lease } = transition;
    tellAttempt(task, transition);
    const type = this.types.of(task.type);
    if (isFinished(status)) this.finished.of(type, status).add();
    if (lease?.outcome === 'completed') this.durations.of(type).observe(task.ranMs / 1_000);
    if (lease?.outcome === 'lost') this.lost.add();
  }
}
