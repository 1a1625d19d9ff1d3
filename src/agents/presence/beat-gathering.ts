import { type HeldTasks } from '../domain/agent-work';
import { type Beat } from './presence-rows';

/** What an agent says with a heartbeat. */
export interface SaidBeat extends Beat {
  /** The tasks that it holds; absent: it does not say. */
  readonly taskIds?: readonly string[] | undefined;
  /** It is about to end: it wants nothing more. */
  readonly isDraining?: boolean | undefined;
}

interface Waiting<Answer> {
  beat: SaidBeat;
  readonly answer: Promise<Answer | undefined>;
  readonly resolve: (answer: Answer | undefined) => void;
  readonly reject: (error: unknown) => void;
}

export interface GatheringOptions<Answer> {
  readonly everyMs: number;
  /** One statement's worth; more wait for the next turn. */
  readonly batchMax: number;
  /** By agent; one that is missing is not registered any more. */
  run(beats: readonly SaidBeat[]): Promise<ReadonlyMap<string, Answer>>;
}

/**
 * Heartbeats of many agents, answered together: a thousand agents cost a few statements a second, however they come. Of one
 * agent the newest counts, so what waits is never more than there are agents.
 */
export class BeatGathering<Answer> {
  private readonly waiting = new Map<string, Waiting<Answer>>();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  constructor(private readonly options: GatheringOptions<Answer>) {}

  beat(beat: SaidBeat): Promise<Answer | undefined> {
    const same = this.waiting.get(beat.agentId);
    if (same !== undefined) {
      same.beat = { ...same.beat, ...beat };
      return same.answer;
    }
    const entry = { beat, ...deferred<Answer | undefined>() };
    this.waiting.set(beat.agentId, entry);
    this.plan();
    return entry.answer;
  }

  /** Answers what waits, now. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    while (this.waiting.size > 0 || this.running !== undefined) {
      // One at a time: two would write out of order.
      this.running ??= this.answerSome().finally(() => (this.running = undefined));
      await this.running;
    }
  }

  private plan(): void {
    if (this.timer !== undefined) return;
    this.timer = setTimeout(() => {
      void this.flush();
    }, this.options.everyMs);
  }

  /** Never rejects: those who wait are told. */
  private async answerSome(): Promise<void> {
    const entries = [...this.waiting.values()].slice(0, this.options.batchMax);
    for (const { beat } of entries) this.waiting.delete(beat.agentId);
    try {
      const answers = await this.options.run(entries.map(({ beat }) => beat));
      for (const { beat, resolve } of entries) resolve(answers.get(beat.agentId));
    } catch (error) {
      for (const { reject } of entries) reject(error);
    }
  }
}

/** Only what agents said of their tasks. */
export const heldTasks = (beats: readonly SaidBeat[]): readonly HeldTasks[] =>
  beats.flatMap(({ agentId, taskIds }) => (taskIds === undefined ? [] : [{ agentId, taskIds }]));

function deferred<T>(): {
  answer: Promise<T>;
  resolve: (value: T) => void;
  reject: (error: unknown) => void;
} {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const answer = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { answer, resolve, reject };
}
