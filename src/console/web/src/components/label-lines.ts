type Labels = Readonly<Record<string, string>>;

/** As somebody reads and writes them: `key: value`, one on each line. */
export const linesOf = (labels: Labels): string =>
  Object.entries(labels)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, value]) => (value === '' ? key : `${key}: ${value}`))
    .join('\n');

/** A line without a colon is a key without a value; what is wrong with a key, the answer says. */
export const readLines = (lines: string): Labels =>
  Object.fromEntries(
    lines
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => {
        const colon = line.indexOf(':');
        return colon === -1 ? [line.trim(), ''] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
      }),
  );

/** The merge patch from those before to those that are wanted: null takes one away. */
export function patchOf(before: Labels, wanted: Labels): Readonly<Record<string, string | null>> {
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(wanted, key));
  const changed = Object.entries(wanted).filter(([key, value]) => before[key] !== value);
  return Object.fromEntries([...gone.map((key) => [key, null] as const), ...changed]);
}
