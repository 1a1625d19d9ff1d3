import { TimeoutError } from './errors';

export interface TimeoutOptions {
  /** Ends the work early, for the caller's own reasons. */
  readonly signal?: AbortSignal;
  /** The subject of the error's sentence. */
  readonly what?: string;
}

/**
 * Settles when the work does, or at the limit, whichever is first. The work gets a signal and should stop on it;
 * the caller does not wait for that, because a deadline that trusts the late party is none.
 */
export async function withTimeout<T>(
  limitMs: number,
  work: (signal: AbortSignal) => Promise<T>,
  { signal, what = 'The operation' }: TimeoutOptions = {},
): Promise<T> {
  signal?.throwIfAborted();
  const stop = new AbortController();
  const ended = new Promise<never>((_, reject) => {
    stop.signal.addEventListener('abort', () => {
      reject(stop.signal.reason as Error);
    });
  });
  const onAbort = (): void => {
    stop.abort(signal?.reason);
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => {
    stop.abort(new TimeoutError(what, limitMs));
  }, limitMs);
  try {
    return await Promise.race([work(stop.signal), ended]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

/** A pause that an abort ends at once. */
export async function pause(delayMs: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, delayMs);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
