const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const ASCII = /^[\t\x20-\x7e]*$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Headers of the connection, which are for the connection to write. */
const OURS: ReadonlySet<string> = new Set(['connection', 'date', 'keep-alive', 'transfer-encoding']);
/** Names that were found to be proper, in lower case. */
const NAMES_MAX = 500;
const names = new Map<string, string>();

const DATE_VALID_MS = 500;
let dateUntilMs = 0;
let dateText = '';

export function dateLine(): string {
  const nowMs = Date.now();
  // A clock that was put back makes the text invalid as well.
  if (nowMs >= dateUntilMs || nowMs < dateUntilMs - DATE_VALID_MS) {
    dateUntilMs = nowMs + DATE_VALID_MS;
    dateText = `date: ${new Date(nowMs).toUTCString()}\r\n`;
  }
  return dateText;
}

/** The headers of one answer, looked over as Node's own would be. */
export class AnswerHead {
  /** No header holds a byte that two encodings would write differently. */
  isAscii = true;
  contentLength: number | undefined = undefined;
  /** Set before the head was written; undefined for most. */
  private early: Map<string, string> | undefined = undefined;
  private text = '';

  add(name: string, value: string): void {
    (this.early ??= new Map()).set(nameOf(name), value);
  }

  /** The lines of these headers and of those set before; of the same name the later counts. */
  finish(headers: readonly string[] | Readonly<Record<string, string | number>>): string {
    if (Array.isArray(headers)) this.takeList(headers as readonly string[]);
    else for (const [name, value] of Object.entries(headers)) this.take(nameOf(name), String(value));
    if (this.early !== undefined) for (const [name, value] of this.early) this.line(name, value);
    return this.text;
  }

  private takeList(headers: readonly string[]): void {
    for (let at = 0; at + 1 < headers.length; at += 2)
      this.take(nameOf(headers[at] ?? ''), headers[at + 1] ?? '');
  }

  private take(name: string, value: string): void {
    this.early?.delete(name);
    this.line(name, value);
  }

  private line(name: string, value: string): void {
    if (!ASCII.test(value)) {
      if (!VALUE.test(value)) throw new TypeError(`The ${name} header holds what no header may.`);
      this.isAscii = false;
    }
    if (name === 'content-length') this.contentLength = Number(value);
    this.text += `${name}: ${value}\r\n`;
  }
}

function nameOf(written: string): string {
  const known = names.get(written);
  if (known !== undefined) return known;
  const name = written.toLowerCase();
  if (!NAME.test(written) || OURS.has(name)) throw new TypeError('A header that cannot be sent.');
  if (names.size >= NAMES_MAX) names.clear();
  names.set(written, name);
  return name;
}
