import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { HeldRequests } from '../../identity';
import { isOver } from '../engine/run-state';
import { RunReader } from './run-reader';
import { type RunSummary } from './run-view';

/** Often at first, because short runs are what people wait for, and seldom later. */
const FIRST_LOOK_MS = 50;
const LOOK_MAX_MS = 1_000;
const SLOWER = 1.5;

/** Waits for runs, for callers that asked to. */
@Injectable()
export class RunWaiter implements BeforeApplicationShutdown {
  /** One entry per waiting request; requests are bounded by the HTTP server. */
  private readonly waiting = new Set<() => void>();
  private isStopping = false;

  constructor(
    private readonly reader: RunReader,
    private readonly held: HeldRequests,
  ) {}

  /** Before the HTTP server closes: it would wait for them. They are answered with what is known. */
  beforeApplicationShutdown(): void {
    this.isStopping = true;
    for (const wake of this.waiting) wake();
  }

  /** The run as it is when it is over, or when the time is up. */
  async wait(runId: string, seconds: number): Promise<RunSummary> {
    let until = performance.now() + seconds * 1_000;
    const release = this.held.hold('pipelines:execute', () => {
      until = 0;
    });
    try {
      for (let lookMs = FIRST_LOOK_MS; ; lookMs = Math.min(lookMs * SLOWER, LOOK_MAX_MS)) {
        const run = await this.reader.summary(runId);
        const leftMs = until - performance.now();
        if (isOver(run.status) || leftMs <= 0 || this.isStopping) return run;
        await this.pause(Math.min(leftMs, lookMs));
      }
    } finally {
      release();
    }
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.waiting.add(wake);
    });
  }
}
