/** As many of the last lines as fit together. */
export function newestLines(lines: readonly string[], maxCharacters: number): readonly string[] {
  let left = maxCharacters;
  const tooOld = lines.findLastIndex((line) => {
    left -= line.length;
    return left < 0;
  });
  return lines.slice(tooOld + 1);
}
