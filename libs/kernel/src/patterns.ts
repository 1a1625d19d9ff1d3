/** Patterns are glob-like: `*` stands for any characters, everything else for itself. */
export const PATTERN_MAX_LENGTH = 128;
/** With the length this bounds the work of a match to (stars × name) steps; there is no backtracking to explode. */
export const PATTERN_MAX_STARS = 8;

/** Why a text is not a pattern; undefined when it is one. */
export function faultOfPattern(pattern: string): string | undefined {
  if (pattern.length === 0 || pattern.length > PATTERN_MAX_LENGTH) {
    return `must have 1 to ${PATTERN_MAX_LENGTH} characters`;
  }
  if (pattern.split('*').length - 1 > PATTERN_MAX_STARS)
    return `may hold ${PATTERN_MAX_STARS} asterisks at most`;
  return /^[\x21-\x7e]+$/.test(pattern) ? undefined : 'may hold visible ASCII characters only';
}

/** Each piece is searched from where the last one ended: leftmost is always good enough for globs. */
export function matchesPattern(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === name;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
