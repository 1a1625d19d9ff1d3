import { type IncomingHttpHeaders } from 'node:http';
import { WireFault } from './wire-fault';

/** How the end of a body is found. */
export type Framing = 'none' | 'chunked' | 'until-close' | number;

export interface ResponseHead {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly framing: Framing;
  /** How long the connection may lie idle after this answer; 0 for one that ends with it. */
  readonly keepAliveMs: number;
}

/** Shorter than the five seconds after which many servers hang up, so that a request rarely meets a closing connection. */
const KEEP_ALIVE_MS = 4_000;
const KEEP_ALIVE_MAX_MS = 60_000;
/** What a server says of its patience is believed less this much. */
const KEEP_ALIVE_MARGIN_MS = 2_000;
const MS_PER_S = 1_000;

const BODILESS: ReadonlySet<number> = new Set([204, 304]);
const STATUS_LINE = /^HTTP\/1\.[01] ([1-5]\d\d)(?: |$)/;
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** A line feed or return alone, or any other control character but the tab: two readers could see two different heads. */
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)|(?<!\r)\n/;
const LENGTH = /^\d{1,15}$/;
const KEEP_ALIVE_TIMEOUT = /(?:^|[\s,;])timeout=(\d{1,9})/i;

/** Names that were found to be proper, in lower case: servers say the same few again and again. */
const NAMES_MAX = 500;
const names = new Map<string, string>();

/** Reads the head of an answer, without the empty line behind it. Strict: what two readers may understand differently is refused. */
export function readHead(text: string): ResponseHead {
  if (FORBIDDEN.test(text)) throw new WireFault('HPE_INVALID_HEADER_TOKEN', 'a head with control characters');
  const lineEnd = text.indexOf('\r\n');
  const match = STATUS_LINE.exec(lineEnd === -1 ? text : text.slice(0, lineEnd));
  if (match === null) throw new WireFault('HPE_INVALID_CONSTANT', 'no HTTP answer');
  const status = Number(match[1]);
  const headers = lineEnd === -1 ? {} : readFields(text, lineEnd + 2);
  const framing = framingOf(status, headers);
  const isReusable = framing !== 'until-close' && staysOpen(text.charCodeAt(7) === 0x31, headers.connection);
  return { status, headers, framing, keepAliveMs: isReusable ? patienceOf(headers['keep-alive']) : 0 };
}

function readFields(text: string, from: number): IncomingHttpHeaders {
  const headers: Record<string, string | string[]> = {};
  for (let at = from; at < text.length;) {
    const lineEnd = text.indexOf('\r\n', at);
    const end = lineEnd === -1 ? text.length : lineEnd;
    const colon = text.indexOf(':', at);
    // A line that begins with a space would continue the one before it, for readers of long ago.
    if (colon === -1 || colon >= end)
      throw new WireFault('HPE_INVALID_HEADER_TOKEN', 'a header without a name');
    add(headers, nameOf(text.slice(at, colon)), text.slice(colon + 1, end).trim());
    at = end + 2;
  }
  return headers;
}

function nameOf(written: string): string {
  const known = names.get(written);
  if (known !== undefined) return known;
  if (!NAME.test(written)) throw new WireFault('HPE_INVALID_HEADER_TOKEN', 'a header with an improper name');
  const name = written.toLowerCase();
  if (names.size >= NAMES_MAX) names.clear();
  names.set(written, name);
  return name;
}

function add(headers: Record<string, string | string[]>, name: string, value: string): void {
  // Nobody means this one well, and nobody needs it.
  if (name === '__proto__') return;
  const before = headers[name];
  if (before === undefined) headers[name] = value;
  else if (typeof before === 'string') headers[name] = [before, value];
  else before.push(value);
}

function framingOf(status: number, headers: IncomingHttpHeaders): Framing {
  const coding: unknown = headers['transfer-encoding'];
  const length: unknown = headers['content-length'];
  if (coding !== undefined && length !== undefined)
    throw new WireFault('HPE_INVALID_CONTENT_LENGTH', 'two ways to find the end of the body');
  if (BODILESS.has(status) || status < 200) return 'none';
  if (coding !== undefined) return chunkedOnly(coding);
  return length === undefined ? 'until-close' : lengthOf(length);
}

function chunkedOnly(coding: unknown): Framing {
  if (typeof coding === 'string' && coding.toLowerCase() === 'chunked') return 'chunked';
  throw new WireFault('HPE_INVALID_TRANSFER_ENCODING', 'an unknown transfer coding');
}

function lengthOf(length: unknown): number {
  if (typeof length === 'string' && LENGTH.test(length)) return Number(length);
  throw new WireFault('HPE_INVALID_CONTENT_LENGTH', 'an improper length');
}

function staysOpen(isCurrent: boolean, connection: string | string[] | undefined): boolean {
  if (connection === undefined) return isCurrent;
  const words = (typeof connection === 'string' ? connection : connection.join(',')).toLowerCase();
  if (words === 'keep-alive') return true;
  const all = words.split(',').map((word) => word.trim());
  return !all.includes('close') && (isCurrent || all.includes('keep-alive'));
}

function patienceOf(said: unknown): number {
  const match = typeof said === 'string' ? KEEP_ALIVE_TIMEOUT.exec(said) : null;
  if (match === null) return KEEP_ALIVE_MS;
  return Math.max(0, Math.min(Number(match[1]) * MS_PER_S - KEEP_ALIVE_MARGIN_MS, KEEP_ALIVE_MAX_MS));
}
