import { type IncomingMessage, type Server } from 'node:http';
import { type Duplex } from 'node:stream';

/** Takes a connection that is to go on in another protocol and answers true, or leaves the request as it is. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;

const WISHES: ReadonlySet<string> = new Set(['upgrade', 'http2-settings', 'connection']);

/**
 * A server with a listener for upgrades gets every request that asks for one, and no other part of it does: programs that
 * ask for HTTP/2 with their first request would never be answered.
 */
export function takeUpgrades(server: Server, handler: UpgradeHandler): void {
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!handler(request, socket, head)) serveWithout(server, { request, socket, head });
  });
}

interface Asked {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What came behind the head of the request, such as its body. */
  readonly head: Buffer;
}

/** The wish may be ignored (RFC 9110 7.8): the request is put back without it, and read as if it had just come. */
function serveWithout(server: Server, { request, socket, head }: Asked): void {
  socket.unshift(Buffer.concat([Buffer.from(withoutWish(request), 'latin1'), head]));
  server.emit('connection', socket);
}

export function withoutWish({
  method = 'GET',
  url = '/',
  rawHeaders,
  headers,
}: Pick<IncomingMessage, 'method' | 'url' | 'rawHeaders' | 'headers'>): string {
  const lines = [`${method} ${url} HTTP/1.1`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (!WISHES.has(name.toLowerCase())) lines.push(`${name}: ${rawHeaders[at + 1] ?? ''}`);
  }
  const isLast = /\bclose\b/i.test(headers.connection ?? '');
  return `${[...lines, `Connection: ${isLast ? 'close' : 'keep-alive'}`].join('\r\n')}\r\n\r\n`;
}
