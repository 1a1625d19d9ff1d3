/** Says that the time of a request ran out; the caller turns it into words about its server. */
export class DeadlineError extends Error {}

/**
 * Runs work under a time limit and the caller's own signal. The work's signal is aborted by either, and the promise
 * settles then even when the work ignores it.
 */
export async function withDeadline<T>(
  timeoutMs: number,
  caller: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  caller?.throwIfAborted();
  const controller = new AbortController();
  let fail: (reason: unknown) => void = () => undefined;
  const ended = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  const abort = (reason: unknown): void => {
    fail(reason);
    controller.abort(reason);
  };
  const timer = setTimeout(() => {
    abort(new DeadlineError(`no answer within ${timeoutMs} ms`));
  }, timeoutMs);
  const onCallerAbort = (): void => {
    abort(caller?.reason);
  };
  caller?.addEventListener('abort', onCallerAbort, { once: true });
  try {
    return await Promise.race([work(controller.signal), ended]);
  } finally {
    clearTimeout(timer);
    caller?.removeEventListener('abort', onCallerAbort);
  }
}
