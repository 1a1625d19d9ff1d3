/** Members that a person at a terminal does not need on each line. */
const HIDDEN = new Set(['time', 'level', 'msg', 'context', 'role', 'trace_id', 'request_id', 'actor', 'err']);

const COLOURS: Readonly<Record<string, string>> = {
  debug: '\u001b[2m',
  info: '\u001b[36m',
  warn: '\u001b[33m',
  error: '\u001b[31m',
};
const RESET = '\u001b[0m';

/** Control characters of a message could move the cursor, recolour the terminal or begin a line that we never wrote. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;
const visible = (text: string): string =>
  text.replace(CONTROL, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);

const asText = (value: unknown): string => visible(typeof value === 'string' ? value : JSON.stringify(value));

/** Turns one JSON log line into one line for people (and the stack below it, when there is one). */
export function prettyLine(json: string): string {
  const record = JSON.parse(json) as Record<string, unknown>;
  const level = asText(record['level'] ?? '');
  const extra = Object.entries(record)
    .filter(([key]) => !HIDDEN.has(key))
    .map(([key, value]) => ` ${visible(key)}=${asText(value)}`)
    .join('');
  const head = `${asText(record['time'] ?? '').slice(11, 23)} ${COLOURS[level] ?? ''}${level.padEnd(5)}${RESET}`;
  const context = record['context'] === undefined ? '' : ` [${asText(record['context'])}]`;
  return `${head}${context} ${asText(record['msg'] ?? '')}${extra}\n${errorLines(record['err'])}`;
}

function errorLines(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { message, stack } = error as { message?: unknown; stack?: unknown };
  const text = typeof stack === 'string' ? stack : typeof message === 'string' ? message : '';
  return text
    .split('\n')
    .map((line) => `    ${visible(line)}\n`)
    .join('');
}
