import { type Socket } from 'node:net';
import { type OutboundRequest, type OutboundTarget } from '../outbound-request';
import { WireFault } from './wire-fault';

/** Head and a short body leave as one text, in one write; latin1 keeps each byte what it is. */
const ONE_TEXT_MAX_BYTES = 8 * 1_024;
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Headers of the connection, which are for us to write. */
const OURS: ReadonlySet<string> = new Set([
  ...[
    'host',
    'connection',
    'content-length',
    'transfer-encoding',
    'keep-alive',
    'upgrade',
    'expect',
    'te',
    'trailer',
  ],
]);
/** Names that were found to be proper: the same few are sent again and again. */
const NAMES_MAX = 500;
const names = new Set<string>();

/** The head of a request. Throws at what could be read as more than one header. */
export function requestHead(
  { origin, path }: OutboundTarget,
  { method, headers, body }: OutboundRequest,
): string {
  let head = `${method} ${path} HTTP/1.1\r\nhost: ${origin.slice(ORIGIN_AT)}\r\nconnection: keep-alive\r\n`;
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at] ?? '';
    const value = headers[at + 1] ?? '';
    if (!names.has(name)) learn(name);
    if (!VALUE.test(value)) throw new WireFault('UND_ERR_INVALID_ARG', `invalid ${name} header`);
    head += `${name}: ${value}\r\n`;
  }
  return body === null ? `${head}\r\n` : `${head}content-length: ${body.length}\r\n\r\n`;
}

/** Behind `http://`, which is all that is spoken here. */
const ORIGIN_AT = 'http://'.length;

function learn(name: string): void {
  if (!NAME.test(name) || OURS.has(name.toLowerCase()))
    throw new WireFault('UND_ERR_INVALID_ARG', 'a header that cannot be sent');
  if (names.size >= NAMES_MAX) names.clear();
  names.add(name);
}

export function writeRequest(socket: Socket, head: string, body: Buffer | null): void {
  if (body === null || body.length === 0) {
    socket.write(head, 'latin1');
  } else if (body.length <= ONE_TEXT_MAX_BYTES) {
    socket.write(head + body.toString('latin1'), 'latin1');
  } else {
    socket.cork();
    socket.write(head, 'latin1');
    socket.write(body);
    socket.uncork();
  }
}
