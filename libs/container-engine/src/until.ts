/** Asks again and again until there is an answer; undefined when none came in time. */
export async function until<T>(
  ask: () => Promise<T | undefined>,
  withinMs: number,
  everyMs = 100,
): Promise<T | undefined> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined || performance.now() >= deadline) return answer;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
