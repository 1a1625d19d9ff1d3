import { AsyncResource } from 'node:async_hooks';

export interface GatherOptions<In, Out> {
  /** Items that one run takes. */
  readonly maxBatch: number;
  /** Items that wait for a run; more are refused. */
  readonly maxWaiting: number;
  /** What one run takes together, by `weightOf`; a single item may weigh more. Default: no limit. */
  readonly maxWeight?: number;
  readonly weightOf?: (item: In) => number;
  /** Answers in the order of the items; a failure is everybody's. It must leave nothing behind when it fails. */
  run(items: readonly In[]): Promise<readonly Out[]>;
  /** The failure would meet each of them alone as well: a store that is away. Any other one is searched for among the items. */
  isShared(error: unknown): boolean;
  /** What is said when too many wait. */
  refusal(): Error;
}

interface Waiting<In, Out> {
  readonly item: In;
  readonly resolve: (out: Out) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Requests that come while another one is carried out are carried out together, in one run after it: one transaction for
 * many, and no waiting where nobody else is. A run belongs to no request, so nothing of the first one's context is in it.
 */
export class Gather<In, Out> {
  #waiting: Waiting<In, Out>[] = [];
  #running: Promise<void> | undefined;
  readonly #scope = new AsyncResource('Gather');

  constructor(private readonly options: GatherOptions<In, Out>) {}

  get isIdle(): boolean {
    return this.#running === undefined;
  }

  add(item: In): Promise<Out> {
    if (this.#waiting.length >= this.options.maxWaiting) return Promise.reject(this.options.refusal());
    return new Promise<Out>((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#running ??= this.#scope.runInAsyncScope(() => this.#runAll());
    });
  }

  /** When everything that has been added is done. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #runAll(): Promise<void> {
    // What is added in the same breath goes together.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#runBatch(this.#take());
    this.#running = undefined;
  }

  #take(): readonly Waiting<In, Out>[] {
    const { maxBatch, maxWeight = Number.POSITIVE_INFINITY, weightOf = () => 0 } = this.options;
    let weight = 0;
    let count = 0;
    for (const { item } of this.#waiting.slice(0, maxBatch)) {
      weight += weightOf(item);
      if (count > 0 && weight > maxWeight) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  /** One item that cannot be carried out must not fail the others: the batch is halved until it stands alone. */
  async #runBatch(batch: readonly Waiting<In, Out>[]): Promise<void> {
    try {
      const outs = await this.options.run(batch.map(({ item }) => item));
      if (outs.length !== batch.length) throw new Error('A run answers each of its items.');
      for (const [at, { resolve }] of batch.entries()) resolve(outs[at] as Out);
    } catch (error) {
      if (batch.length === 1 || this.options.isShared(error)) {
        for (const { reject } of batch) reject(error);
        return;
      }
      const half = Math.ceil(batch.length / 2);
      await this.#runBatch(batch.slice(0, half));
      await this.#runBatch(batch.slice(half));
    }
  }
}
