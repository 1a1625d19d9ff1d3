import { setTimeout as delay } from 'node:timers/promises';

/** A deadline guards against hanging, not against slowness. */
const DEADLINE_MS = 30_000;
const EVERY_MS = 50;

/** Repeats a check until it stops throwing; after the deadline its last error is the answer. */
export async function eventually<T>(
  check: () => Promise<T> | T,
  { deadlineMs = DEADLINE_MS, everyMs = EVERY_MS }: { deadlineMs?: number; everyMs?: number } = {},
): Promise<T> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await delay(everyMs);
  }
}
