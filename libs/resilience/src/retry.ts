import { Backoff } from './backoff';
import { pause } from './timeout';

export interface RetryOptions {
  /** Tries in all, the first included. */
  readonly attempts: number;
  readonly backoff?: Backoff;
  readonly signal?: AbortSignal;
  /** A domain failure will not heal by asking again: say no to it here. */
  readonly isRetryable?: (error: unknown) => boolean;
  readonly onRetry?: (error: unknown, attempt: number, delayMs: number) => void;
}

/** Runs the work until it succeeds, fails for good, or the tries are used up; then throws the last error. */
export async function retry<T>(work: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const { attempts, backoff = new Backoff(), signal, isRetryable = () => true, onRetry } = options;
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await work(attempt);
    } catch (error) {
      if (attempt >= attempts || !isRetryable(error)) throw error;
      const delayMs = backoff.nextMs();
      onRetry?.(error, attempt, delayMs);
      await pause(delayMs, signal);
    }
  }
}
