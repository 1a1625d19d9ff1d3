import { ApiError } from './api-client';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
const MS_PER_S = 1_000;

/** 0.5, 1, 2 … 30 seconds, each anywhere below: a hundred agents whose server came back must not come back together. */
export function waitMs(failures: number, random: number, retryAfterS = 0): number {
  const highest = Math.min(FIRST_WAIT_MS * 2 ** Math.min(failures, 16), LONGEST_WAIT_MS);
  return Math.max(retryAfterS * MS_PER_S, highest * random);
}

/** Asked again after each wait: the compiler takes the first answer for the last. */
export const isOver = ({ aborted }: AbortSignal): boolean => aborted;

/** Ends early, and without an error, when the signal says so. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
}

export interface Insisting {
  readonly signal: AbortSignal;
  /** Told once for each row of failures. */
  readonly onTrouble: (error: unknown) => void;
}

/**
 * Tries for ever: a control plane that is away comes back. Only what will never be taken, and an end that somebody asked for,
 * are thrown.
 */
export async function insist<T>(work: () => Promise<T>, { signal, onTrouble }: Insisting): Promise<T> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await work();
    } catch (error) {
      if (isOver(signal) || (error instanceof ApiError && !error.isPassing)) throw error;
      if (failures === 0) onTrouble(error);
      const retryAfterS = error instanceof ApiError ? error.retryAfterS : undefined;
      await pause(waitMs(failures, Math.random(), retryAfterS), signal);
      if (isOver(signal)) throw error;
    }
  }
}
