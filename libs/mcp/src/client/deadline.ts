/** Says that the time of a request ran out; the caller turns it into words about its server. */
export class DeadlineError extends Error {}

/**
 * Runs work under a time limit and the caller's own signal. The work's signal is aborted by either, and the promise
 * settles then even when the work ignores it.
 */
export function withDeadline<T>(
  timeoutMs: number,
  caller: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  // One promise of its own, settled by hand: a race makes several for each of its sides.
  return new Promise<T>((resolve, reject) => {
    caller?.throwIfAborted();
    const controller = new AbortController();
    const settled = (): void => {
      clearTimeout(timer);
      caller?.removeEventListener('abort', onCallerAbort);
    };
    const fail = (reason: Error): void => {
      settled();
      reject(reason);
    };
    const abort = (reason: Error): void => {
      fail(reason);
      controller.abort(reason);
    };
    const onCallerAbort = (): void => {
      abort(caller?.reason as Error);
    };
    const timer = setTimeout(() => {
      abort(new DeadlineError(`no answer within ${timeoutMs} ms`));
    }, timeoutMs);
    caller?.addEventListener('abort', onCallerAbort, { once: true });
    try {
      work(controller.signal).then((value) => {
        settled();
        resolve(value);
      }, fail);
    } catch (error) {
      settled();
      throw error;
    }
  });
}
