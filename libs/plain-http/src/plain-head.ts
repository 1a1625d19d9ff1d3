import { type IncomingHttpHeaders } from 'node:http';

/** The head of a request that needs no interpretation. */
export interface PlainHead {
  readonly method: 'POST' | 'DELETE';
  readonly url: string;
  /** Shared by requests whose heads are the same: for reading only. */
  readonly headers: Readonly<IncomingHttpHeaders>;
  readonly bodyBytes: number;
}

const HEADERS_MAX = 64;
const REQUEST_LINE = /^(POST|DELETE) (\/[!-~]*) HTTP\/1\.1$/;
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Also returns and line feeds that do not end a line: two readers could see two different heads. */
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)|(?<!\r)\n/;
/** Without a leading zero, and short enough for every program to read the same number. */
const LENGTH = /^(?:0|[1-9]\d{0,8})$/;
const KEEP_ALIVE = /^keep-alive$/i;
/** With one of these a request asks for more than an answer, or its end is not where its length says. */
const SPECIAL: ReadonlySet<string> = new Set([
  ...['transfer-encoding', 'expect', 'upgrade', 'http2-settings', 'te', 'trailer', 'proxy-connection'],
  '__proto__',
]);
/** Names that were found to be proper, in lower case: clients send the same few again and again. */
const NAMES_MAX = 500;
const names = new Map<string, string>();

/**
 * Reads the head of a request, without the empty line behind it. undefined for everything that is not plain: whatever two
 * readers could understand differently, whatever is rare, and whatever is wrong. None of that is judged here.
 */
export function readPlainHead(text: string): PlainHead | undefined {
  if (FORBIDDEN.test(text)) return undefined;
  const lineEnd = text.indexOf('\r\n');
  const match = lineEnd === -1 ? null : REQUEST_LINE.exec(text.slice(0, lineEnd));
  if (match === null) return undefined;
  const headers = readFields(text, lineEnd + 2);
  if (headers?.['host'] === undefined || !isKept(headers['connection'])) return undefined;
  const method = match[1] === 'POST' ? 'POST' : 'DELETE';
  const bodyBytes = lengthOf(method, headers['content-length']);
  return bodyBytes === undefined ? undefined : { method, url: match[2] ?? '/', headers, bodyBytes };
}

function readFields(text: string, from: number): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  let count = 0;
  for (let at = from; at < text.length;) {
    const lineEnd = text.indexOf('\r\n', at);
    const end = lineEnd === -1 ? text.length : lineEnd;
    const colon = text.indexOf(':', at);
    // A line that begins with a space continues the one before it, for readers of long ago.
    if (colon === -1 || colon >= end || (count += 1) > HEADERS_MAX) return undefined;
    const name = nameOf(text.slice(at, colon));
    // Said twice may mean either, both or none; what every object has by birth counts as said.
    if (name === undefined || headers[name] !== undefined) return undefined;
    headers[name] = text.slice(colon + 1, end).trim();
    at = end + 2;
  }
  return headers;
}

/** In lower case; undefined for one that is improper or special. */
function nameOf(written: string): string | undefined {
  const known = names.get(written);
  if (known !== undefined) return known;
  const name = written.toLowerCase();
  if (!NAME.test(written) || SPECIAL.has(name)) return undefined;
  if (names.size >= NAMES_MAX) names.clear();
  names.set(written, name);
  return name;
}

const isKept = (connection: string | undefined): boolean =>
  connection === undefined || KEEP_ALIVE.test(connection);

/** A POST without a length may be anything; a DELETE without one has no body. */
function lengthOf(method: string, length: string | undefined): number | undefined {
  if (length === undefined) return method === 'DELETE' ? 0 : undefined;
  return LENGTH.test(length) ? Number(length) : undefined;
}
