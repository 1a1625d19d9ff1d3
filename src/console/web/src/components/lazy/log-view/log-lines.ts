/** More than this are not kept: the oldest go, and the download says so. */
export const LINES_MAX = 50_000;
/** Stands where lines are missing between two that were read. */
export const LOST = '\u0000lost';

export type Level = 'error' | 'warn' | 'info' | 'debug';
export const LEVELS: readonly Level[] = ['error', 'warn', 'info', 'debug'];

export interface LogEntry {
  /** Number of its first line since the log was opened, kept while older ones go. */
  readonly number: number;
  readonly lines: readonly string[];
  readonly level: Level;
  readonly isLost: boolean;
}

export interface LogText {
  /** Lines that were read before the first of `lines` and are gone. */
  readonly dropped: number;
  readonly lines: readonly string[];
}

export const NO_LINES: LogText = { dropped: 0, lines: [] };

export function appended({ dropped, lines }: LogText, fresh: readonly string[]): LogText {
  if (fresh.length === 0) return { dropped, lines };
  const all = [...lines, ...fresh];
  const over = Math.max(0, all.length - LINES_MAX);
  return { dropped: dropped + over, lines: over === 0 ? all : all.slice(over) };
}

/**
 * What a second reading of the same growing text adds: everything behind the longest end of `known` that it begins with or
 * contains. Without any of it, lines were lost in between, and a mark says so.
 */
export function caughtUp(known: readonly string[], read: readonly string[]): readonly string[] {
  const last = known.at(-1);
  if (last === undefined || read.length === 0) return read;
  for (let end = read.length; end > 0; end -= 1) {
    if (read[end - 1] === last && isTail(known, read.slice(0, end))) return read.slice(end);
  }
  return [LOST, ...read];
}

/** Whether both end in the same lines, as far as both go. */
function isTail(known: readonly string[], part: readonly string[]): boolean {
  const overlap = Math.min(known.length, part.length);
  for (let back = 1; back <= overlap; back += 1) {
    if (known[known.length - back] !== part[part.length - back]) return false;
  }
  return true;
}

const CONTINUED = /^(?:\s+\S|\s*at\s|Caused by:|\.\.\. \d+ more|[}\])]+[,;]?$)/;
/** Nothing reads thousands of lines as one entry. */
const ENTRY_MAX = 200;

/** Stack traces and other indented lines stay with the line they belong to. */
export function entriesOf({ dropped, lines }: LogText): readonly LogEntry[] {
  const entries: LogEntry[] = [];
  let open: string[] = [];
  for (const [at, line] of lines.entries()) {
    const last = entries.at(-1);
    if (last !== undefined && !last.isLost && CONTINUED.test(line) && open.length < ENTRY_MAX) {
      open.push(line);
      continue;
    }
    open = [line];
    const isLost = line === LOST;
    entries.push({ number: dropped + at, lines: open, level: isLost ? 'warn' : levelOf(line), isLost });
  }
  return entries;
}

const PATTERNS: readonly (readonly [Level, RegExp])[] = [
  [
    'error',
    /\b(?:error|err|fatal|panic|critical|crit|exception|failed)\b|"level":\s*(?:"error"|"fatal"|50|60)/i,
  ],
  ['warn', /\b(?:warn|warning|degraded|unhealthy|timeout)\b|"level":\s*(?:"warn"|40)/i],
  ['debug', /\b(?:debug|trace|verbose)\b|"level":\s*(?:"debug"|"trace"|10|20)/i],
];
/** Words further on are what is talked about, not how loud it is said. */
const HEAD = 120;

export const levelOf = (line: string): Level =>
  PATTERNS.find(([, pattern]) => pattern.test(line.slice(0, HEAD)))?.[0] ?? 'info';

export interface LogFilter {
  readonly text: string;
  readonly levels: ReadonlySet<Level>;
}

export function matching(entries: readonly LogEntry[], { text, levels }: LogFilter): readonly LogEntry[] {
  const wanted = text.toLowerCase();
  if (wanted === '' && levels.size === LEVELS.length) return entries;
  return entries.filter(
    ({ lines, level, isLost }) =>
      isLost || (levels.has(level) && lines.some((line) => line.toLowerCase().includes(wanted))),
  );
}
