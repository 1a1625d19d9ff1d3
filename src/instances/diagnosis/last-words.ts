import { type Fix } from './diagnosis';
import { allowEgress, readLogs, setVariable } from './fixes';
import { type Subject } from './subject';

export interface LastWords {
  readonly code: string;
  readonly line: string;
  readonly fix: Fix;
}

type Reading = (subject: Subject, match: RegExpExecArray) => Omit<LastWords, 'line'> | undefined;

/** Servers mostly say what they miss; the last line that does is worth more than the exit code. */
const READINGS: readonly (readonly [pattern: RegExp, read: Reading])[] = [
  [
    /\b([A-Z][A-Z0-9]*_[A-Z0-9_]+)\b.{0,60}?\b(?:required|missing|not set|must be set|undefined)\b/,
    missingVariable,
  ],
  [
    /\b(?:missing|required|set|provide)\b.{0,60}?\b(?:environment variables?|env(?: vars?)?)\b.{0,20}?\b([A-Z][A-Z0-9]*_[A-Z0-9_]+)\b/i,
    missingVariable,
  ],
  [/\b(?:ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH)\b/, unreachable],
  [/name resolution|name or service not known|network is unreachable/i, unreachable],
  [/\bEADDRINUSE\b|address already in use/i, () => ({ code: 'instance_port_taken', fix: readLogs() })],
  [
    /cannot find module|modulenotfounderror|no such file or directory|command not found|executable file not found/i,
    () => ({ code: 'instance_command_wrong', fix: readLogs() }),
  ],
  [
    /\b(?:EACCES|EROFS|EPERM)\b|permission denied|read-only file system/i,
    () => ({ code: 'instance_access_denied', fix: readLogs() }),
  ],
];

/** undefined: none of its last lines says what it is about. */
export function lastWords(subject: Subject, output: readonly string[]): LastWords | undefined {
  for (const [pattern, read] of READINGS) {
    const line = output.findLast((each) => pattern.test(each));
    const match = line === undefined ? null : pattern.exec(line);
    const said = match === null ? undefined : read(subject, match);
    if (line !== undefined && said !== undefined) return { ...said, line };
  }
  return undefined;
}

/** An own function, and hoisted: the table above is to be read first. */
function missingVariable(
  subject: Subject,
  { 1: name = '' }: RegExpExecArray,
): Omit<LastWords, 'line'> | undefined {
  return { code: 'instance_env_missing', fix: setVariable(subject, name) };
}

function unreachable(subject: Subject): Omit<LastWords, 'line'> {
  const { spec } = subject;
  const isShut = spec.type === 'docker' && spec.network?.egress === 'none';
  return isShut
    ? { code: 'instance_egress_blocked', fix: allowEgress(subject) }
    : { code: 'instance_needs_network', fix: readLogs() };
}
