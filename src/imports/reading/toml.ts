/** As deep as any client's configuration goes, and then some. */
const DEPTH_MAX = 8;
const LINES_MAX = 5_000;
/** A list may go over this many. */
const VALUE_LINES_MAX = 100;

type Table = Record<string, unknown>;
export class TomlFault extends Error {}

/**
 * Tables, arrays of tables, and keys with texts, numbers, booleans, lists and inline tables: what clients write into
 * their files. Dates and multi-line texts end with a fault and are never guessed at.
 */
export function parseToml(text: string): Table {
  const root: Table = Object.create(null) as Table;
  let table = root;
  const lines = text.split(/\r?\n/);
  if (lines.length > LINES_MAX) throw new TomlFault('the text is too long');
  for (let at = 0; at < lines.length; at += 1) {
    const line = (lines[at] ?? '').trim();
    if (line === '' || line.startsWith('#')) continue;
    const header = /^(\[\[?)\s*([^\]]+?)\s*(\]\]?)\s*(?:#.*)?$/.exec(line);
    if (header !== null && !line.includes('=', line.lastIndexOf(']'))) {
      table = open(root, keyParts(header[2] ?? ''), header[1] === '[[');
      continue;
    }
    const reader = new ValueReader(lines, at, line);
    reader.pair(table);
    at = reader.endLine();
  }
  return root;
}

function open(root: Table, parts: readonly string[], isList: boolean): Table {
  if (parts.length > DEPTH_MAX) throw new TomlFault('tables lie too deep');
  let table = root;
  parts.forEach((part, index) => {
    const isLast = index === parts.length - 1;
    const there = table[part];
    if (isLast && isList) {
      const list = Array.isArray(there) ? (there as unknown[]) : [];
      table[part] = list;
      table = empty();
      list.push(table);
      return;
    }
    const next: unknown = Array.isArray(there) ? (there as unknown[]).at(-1) : (there ?? empty());
    if (!isTable(next)) throw new TomlFault(`"${part.slice(0, 40)}" is no table`);
    if (there === undefined) table[part] = next;
    table = next;
  });
  return table;
}

const empty = (): Table => Object.create(null) as Table;
const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const KEY = /\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*(\.|$)/sy;

function keyParts(text: string): readonly string[] {
  const parts: string[] = [];
  KEY.lastIndex = 0;
  for (;;) {
    const match = KEY.exec(text);
    if (match === null) throw new TomlFault(`"${text.slice(0, 40)}" is no key`);
    parts.push(match[1] ?? match[2] ?? match[3] ?? '');
    if (match[4] !== '.') return parts;
  }
}

const BLANK = /(?:\s|#[^\n]*(?:\n|$))*/sy;
const SCALAR =
  /"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)'|(true|false)(?![A-Za-z0-9_])|([+-]?\d[\d_]*(?:\.\d[\d_]*)?)(?![\w:-])/sy;
const NAME = /("[^"\n]*"|'[^'\n]*'|[A-Za-z0-9_-]+)(\s*\.\s*(?:"[^"\n]*"|'[^'\n]*'|[A-Za-z0-9_-]+))*\s*=/sy;

/** Reads one `key = value`, over as many lines as its brackets stay open. */
class ValueReader {
  private readonly text: string;
  private at = 0;

  constructor(
    lines: readonly string[],
    private readonly line: number,
    first: string,
  ) {
    this.text = [first, ...lines.slice(line + 1, line + 1 + VALUE_LINES_MAX)].join('\n');
  }

  pair(table: Table, depth = 0): void {
    const name = this.take(NAME, 'a key');
    const parts = keyParts(name.slice(0, -1).trim());
    const home = parts.length === 1 ? table : open(table, parts.slice(0, -1), false);
    home[parts.at(-1) ?? ''] = this.value(depth);
  }

  /** The last line that was read, which must end here. */
  endLine(): number {
    const rest = /[^\n]*/y;
    rest.lastIndex = this.at;
    const tail = (rest.exec(this.text)?.[0] ?? '').trim();
    if (tail !== '' && !tail.startsWith('#')) throw new TomlFault(`"${tail.slice(0, 40)}" was not expected`);
    return this.line + (this.text.slice(0, this.at).match(/\n/g)?.length ?? 0);
  }

  private value(depth: number): unknown {
    if (depth > DEPTH_MAX) throw new TomlFault('values lie too deep');
    this.blank(false);
    const sign = this.text[this.at];
    if (sign === '[') return this.list(depth);
    if (sign === '{') return this.inline(depth);
    SCALAR.lastIndex = this.at;
    const match = SCALAR.exec(this.text);
    if (match === null) throw new TomlFault('a value is of a kind that is not read here');
    this.at = SCALAR.lastIndex;
    const [, double, single, flag, number] = match;
    if (double !== undefined) return unescaped(double);
    return single ?? (flag === undefined ? Number(number?.replaceAll('_', '')) : flag === 'true');
  }

  private list(depth: number): unknown[] {
    const values: unknown[] = [];
    this.at += 1;
    for (;;) {
      this.blank(true);
      if (this.skip(']')) return values;
      values.push(this.value(depth + 1));
      this.blank(true);
      if (!this.skip(',') && this.text[this.at] !== ']') throw new TomlFault('a list is not closed');
    }
  }

  private inline(depth: number): Table {
    const table = empty();
    this.at += 1;
    for (;;) {
      this.blank(true);
      if (this.skip('}')) return table;
      this.pair(table, depth + 1);
      this.blank(true);
      if (!this.skip(',') && this.text[this.at] !== '}') throw new TomlFault('a table is not closed');
    }
  }

  private blank(overLines: boolean): void {
    const pattern = overLines ? BLANK : /[ \t]*/y;
    pattern.lastIndex = this.at;
    pattern.exec(this.text);
    this.at = pattern.lastIndex;
  }

  private skip(sign: string): boolean {
    if (this.text[this.at] !== sign) return false;
    this.at += 1;
    return true;
  }

  private take(pattern: RegExp, what: string): string {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match === null) throw new TomlFault(`${what} was expected`);
    this.at = pattern.lastIndex;
    return match[0];
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };
const unescaped = (text: string): string =>
  text.replaceAll(
    /\\(?:u([0-9a-fA-F]{4})|(.))/gs,
    (_all, code: string | undefined, sign: string | undefined) =>
      code === undefined ? (ESCAPES[sign ?? ''] ?? sign ?? '') : String.fromCharCode(parseInt(code, 16)),
  );
