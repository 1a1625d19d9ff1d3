import { Injectable, Logger } from '@nestjs/common';
import { type StatsReply } from '@app/contracts';
import { EngineQuestions } from './engine-questions';

export interface UsageSample {
  readonly at: Date;
  /** 100 = one core; all containers together. */
  readonly cpuPercent: number;
  readonly memoryBytes: number;
  readonly memoryLimitBytes: number | null;
}

/** How old the newest sample may be before another is taken. */
const FRESH_MS = 10_000;
/** Ten minutes of somebody looking. */
const SAMPLES_MAX = 60;
const INSTANCES_MAX = 500;
/** Each question makes the engine measure for a moment. */
const AT_ONCE = 4;
const WAITING_MAX = 200;

/**
 * What instances use, measured while somebody looks at them, and kept in memory: nobody pays for the usage of what nobody
 * watches. Sampling goes on behind the answer, so a list never waits for an engine.
 */
@Injectable()
export class UsageSamples {
  private readonly logger = new Logger(UsageSamples.name);
  /** In the order in which they were asked for: the first is forgotten first. */
  private readonly kept = new Map<string, readonly UsageSample[]>();
  private readonly waiting = new Set<string>();
  private working = 0;

  constructor(private readonly engine: EngineQuestions) {}

  of(id: string): readonly UsageSample[] {
    return this.kept.get(id) ?? [];
  }

  ask(ids: readonly string[], now = Date.now()): void {
    for (const id of ids) {
      this.touch(id);
      if (!this.isFresh(id, now) && this.waiting.size < WAITING_MAX) this.waiting.add(id);
    }
    this.forgetBeyond(INSTANCES_MAX);
    while (this.working < AT_ONCE && this.working < this.waiting.size) void this.work();
  }

  /** Whoever is asked for moves to the end, where it is forgotten last. */
  private touch(id: string): void {
    const samples = this.of(id);
    this.kept.delete(id);
    this.kept.set(id, samples);
  }

  private isFresh(id: string, now: number): boolean {
    const newest = this.of(id).at(-1);
    return newest !== undefined && now - newest.at.getTime() < FRESH_MS;
  }

  private forgetBeyond(count: number): void {
    for (const id of [...this.kept.keys()].slice(0, Math.max(0, this.kept.size - count)))
      this.kept.delete(id);
  }

  private async work(): Promise<void> {
    this.working += 1;
    try {
      for (let id = this.next(); id !== undefined; id = this.next()) await this.sample(id);
    } finally {
      this.working -= 1;
    }
  }

  private next(): string | undefined {
    const [id] = this.waiting;
    if (id !== undefined) this.waiting.delete(id);
    return id;
  }

  private async sample(id: string): Promise<void> {
    try {
      const { replicas } = await this.engine.stats(id);
      if (replicas.length === 0) return;
      this.kept.set(id, [...(this.kept.get(id) ?? []), toSample(replicas)].slice(-SAMPLES_MAX));
    } catch (error) {
      // A gap in a small picture; whoever wants to know why asks for the stats themselves.
      this.logger.debug(`no usage of ${id}: ${String(error)}`);
    }
  }
}

function toSample(replicas: StatsReply['replicas']): UsageSample {
  const limits = replicas.map(({ memory_limit_bytes: limit }) => limit);
  return {
    at: new Date(),
    cpuPercent: sum(replicas.map(({ cpu_percent: percent }) => percent)),
    memoryBytes: sum(replicas.map(({ memory_bytes: bytes }) => bytes)),
    memoryLimitBytes: limits.some((limit) => limit === null) ? null : sum(limits.map((limit) => limit ?? 0)),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
