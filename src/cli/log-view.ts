interface LogLine {
  readonly level?: string;
  readonly msg?: string;
  readonly context?: string;
  readonly err?: { readonly message?: string };
}

/** What the terminal shows of the server's log: warnings and errors in one line each. Everything is in the file. */
export function terminalLine(line: string): string | undefined {
  if (!line.startsWith('{')) return line;
  let entry: LogLine;
  try {
    entry = JSON.parse(line) as LogLine;
  } catch {
    return line;
  }
  if (entry.level !== 'warn' && entry.level !== 'error') return undefined;
  const where = entry.context === undefined ? '' : `${entry.context}: `;
  const cause =
    entry.err?.message === undefined || entry.err.message === entry.msg ? '' : ` (${entry.err.message})`;
  return `${entry.level}  ${where}${entry.msg ?? ''}${cause}`;
}

/** What the file keeps: each line an object, also of what speaks in words of its own, as a database at its first start does. */
export function fileLine(line: string, now: Date): string {
  if (isObject(line)) return line;
  return JSON.stringify({ time: now.toISOString(), level: 'info', msg: line, role: 'launcher' });
}

function isObject(line: string): boolean {
  if (!line.startsWith('{')) return false;
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

const FIRST_LINK = /https?:\/\/\S+\/console\/welcome#token=[\w-]+/;

/** The link of the first administrator, where the server says it. */
export const firstLinkIn = (line: string): string | undefined => FIRST_LINK.exec(line)?.[0];
