import { readFileSync } from 'node:fs';
import { type EnvironmentFault, InvalidEnvironmentError } from './invalid-environment-error';

const LINE = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** Settings as `NAME=value` lines; see `parseSettings`. */
export function readSettingsFile(path: string): Record<string, string> {
  return parseSettings(readFileSync(path, 'utf8'), path);
}

/**
 * `NAME=value` per line, `#` comments, values bare or in quotes (double ones know \n, \t, \" and \\). Nothing is substituted: a
 * `$` in a password stays one. A line that is neither is an error, since what it was meant to set would silently be missing.
 */
export function parseSettings(text: string, fileName = 'settings file'): Record<string, string> {
  const settings: Record<string, string> = {};
  const faults: EnvironmentFault[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const parsed = parseLine(trimmed);
    if (parsed === undefined)
      faults.push({
        name: `${fileName}, line ${index + 1}`,
        message: 'is not NAME=value, or its quotes do not end',
      });
    else settings[parsed.name] = parsed.value;
  }
  if (faults.length > 0) throw new InvalidEnvironmentError(faults);
  return settings;
}

function parseLine(line: string): { name: string; value: string } | undefined {
  const [, name, rest] = LINE.exec(line) ?? [];
  if (name === undefined || rest === undefined) return undefined;
  const value = parseValue(rest);
  return value === undefined ? undefined : { name, value };
}

function parseValue(text: string): string | undefined {
  const quote = text[0];
  if (quote !== '"' && quote !== "'") return text.replace(/(^|\s+)#.*$/, '').trim();
  const pattern = quote === '"' ? /^"((?:[^"\\]|\\.)*)"\s*(#.*)?$/ : /^'([^']*)'\s*(#.*)?$/;
  const inner = pattern.exec(text)?.[1];
  if (inner === undefined || quote === "'") return inner;
  return inner.replaceAll(/\\(.)/g, (_whole, letter: string) => ESCAPES[letter] ?? letter);
}
