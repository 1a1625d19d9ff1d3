import { HeldCallLostError } from '../../terminal/terminal.errors';
import { type CallVisit } from '../../terminal/newer/newer-call';
import { type AskingAnswer } from './asking-answer';

/** One request of the REST face: settled once, with what the call came to or with what it asks. */
export class RestVisit implements CallVisit {
  readonly settled: Promise<AskingAnswer>;
  private readonly listeners: (() => void)[] = [];
  private isSettled = false;
  private resolve!: (answer: AskingAnswer) => void;
  private reject!: (error: Error) => void;

  /** `signal`: the caller hung up, or waits no longer. `endOf` says which. */
  constructor(
    private readonly signal: AbortSignal,
    private readonly goneAs: () => Error,
  ) {
    this.settled = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Whoever waits for it hears of it; a visit that ends before anybody waits is no fault of the process.
    this.settled.catch(() => undefined);
    if (signal.aborted) this.onAbort();
    else signal.addEventListener('abort', this.onAbort, { once: true });
  }

  readonly answer = {
    say: (): void => undefined,
    onGone: (listener: () => void): void => {
      if (this.signal.aborted) listener();
      else this.listeners.push(listener);
    },
  };

  readonly trace = {
    routed: (): void => undefined,
    cancelled: (): void => {
      this.fail(new HeldCallLostError());
    },
  };

  finish(answer: AskingAnswer): void {
    this.settle();
    this.resolve(answer);
  }

  fail(error: Error): void {
    this.settle();
    this.reject(error);
  }

  private settle(): void {
    this.isSettled = true;
    this.listeners.length = 0;
    this.signal.removeEventListener('abort', this.onAbort);
  }

  private readonly onAbort = (): void => {
    if (this.isSettled) return;
    const listeners = [...this.listeners];
    this.fail(this.goneAs());
    for (const listener of listeners) listener();
  };
}
