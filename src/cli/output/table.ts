export interface Column<T> {
  readonly header: string;
  readonly text: (row: T) => string;
}

export const column = <T>(
  header: string,
  text: (row: T) => string | number | null | undefined,
): Column<T> => ({
  header,
  text: (row) => String(text(row) ?? '-'),
});

const GAP = '  ';
/** Longer cells belong into `-o json`; only the last column may be long. */
const CELL_MAX = 48;

/** Aligned columns without lines, which `grep` and `awk` read as people do. */
export function tableOf<T>(rows: readonly T[], columns: readonly Column<T>[]): string {
  const last = columns.length - 1;
  const cells = rows.map((row) => columns.map(({ text }, at) => fit(text(row), at === last)));
  const lines = [columns.map(({ header }) => header.toUpperCase()), ...cells];
  const widths = columns.map((_column, at) => Math.max(...lines.map((line) => (line[at] ?? '').length)));
  return lines
    .map((line) => line.map((cell, at) => (at === last ? cell : cell.padEnd(widths[at] ?? 0))).join(GAP))
    .map((line) => line.trimEnd())
    .join('\n');
}

function fit(text: string, isLast: boolean): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return isLast || line.length <= CELL_MAX ? line : `${line.slice(0, CELL_MAX - 1)}…`;
}

const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
];

/** `3h`, as short as a column wants it. */
export function ageOf(at: string | null | undefined, nowMs: number): string {
  if (at === null || at === undefined) return '-';
  const ms = Math.max(0, nowMs - Date.parse(at));
  const [name, size] = UNITS.find(([, unit]) => ms >= unit) ?? ['s', 1_000];
  return `${String(Math.floor(ms / size))}${name}`;
}
