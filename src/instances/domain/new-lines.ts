/**
 * What `after` has beyond `before`, both being the last lines of one growing text: the longest end of `before` that
 * `after` begins with is known already. Without any overlap everything is new.
 */
export function newLines(before: readonly string[], after: readonly string[]): readonly string[] {
  // The window may have moved inside `after` when it asks for more lines than `before` did.
  const last = before.at(-1);
  if (last === undefined) return after;
  for (let end = after.length; end > 0; end -= 1) {
    if (after[end - 1] !== last) continue;
    const overlap = Math.min(end, before.length);
    const isKnown = Array.from({ length: overlap }, (_, at) => at + 1).every(
      (back) => after[end - back] === before[before.length - back],
    );
    if (isKnown) return after.slice(end);
  }
  return after;
}
