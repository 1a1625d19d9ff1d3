import { type ContainerEngine } from '../container-engine';

export type EngineOperation = Exclude<keyof ContainerEngine, 'kind' | 'events' | 'close'>;

interface Fault {
  readonly error: Error;
  readonly when: 'before' | 'after';
  remaining: number;
}

/** Keeps the history of a test readable and its memory bounded. */
const MAX_CALLS_KEPT = 10_000;

/** Makes operations fail on demand: before anything happened, or after it was done (the lost answer). */
export class Faults {
  readonly calls: EngineOperation[] = [];
  readonly #faults = new Map<EngineOperation | '*', Fault>();
  readonly #gates = new Map<EngineOperation, Promise<void>>();

  /** `'*'` stands for every operation: the engine is down. */
  fail(operation: EngineOperation | '*', error: Error, times = Infinity): void {
    this.#faults.set(operation, { error, when: 'before', remaining: times });
  }

  /** The operation is done, and the answer is lost on its way. */
  loseAnswer(operation: EngineOperation, error: Error, times = 1): void {
    this.#faults.set(operation, { error, when: 'after', remaining: times });
  }

  heal(operation?: EngineOperation | '*'): void {
    if (operation === undefined) this.#faults.clear();
    else this.#faults.delete(operation);
  }

  /** Holds the operation back until the returned function is called. */
  block(operation: EngineOperation): () => void {
    let open: () => void = () => undefined;
    this.#gates.set(
      operation,
      new Promise((resolve) => {
        open = resolve;
      }),
    );
    return () => {
      this.#gates.delete(operation);
      open();
    };
  }

  async around<T>(operation: EngineOperation, act: () => T): Promise<T> {
    if (this.calls.push(operation) > MAX_CALLS_KEPT) this.calls.shift();
    await this.#gates.get(operation);
    this.#strike(operation, 'before');
    const answer = act();
    this.#strike(operation, 'after');
    return answer;
  }

  #strike(operation: EngineOperation, when: Fault['when']): void {
    const fault = this.#faults.get(operation) ?? this.#faults.get('*');
    if (fault?.when !== when || fault.remaining <= 0) return;
    fault.remaining -= 1;
    throw fault.error;
  }
}
