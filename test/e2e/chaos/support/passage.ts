import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Upstream } from './upstream';

/** What the protocol needs on the way there, and on the way back. */
const THERE = [
  ...['content-type', 'accept', 'mcp-session-id'],
  ...['mcp-protocol-version', 'mcp-method', 'mcp-name'],
];
const BACK = ['content-type', 'mcp-session-id'];

/** Sees what goes to a server; answers 401 to what it does not admit. */
export async function startPassage(
  upstream: string,
  admits: (headers: IncomingHttpHeaders, body: string) => boolean,
): Promise<Upstream> {
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      if (admits(incoming.headers, body)) pass(upstream, incoming, body, outgoing);
      else outgoing.writeHead(401).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/mcp`,
    stop: () => {
      server.closeAllConnections();
      server.close();
      return Promise.resolve();
    },
  };
}

function pass(upstream: string, incoming: IncomingMessage, body: string, outgoing: ServerResponse): void {
  const headers = Object.fromEntries(
    THERE.flatMap((name) => {
      const value = incoming.headers[name];
      return value === undefined ? [] : [[name, String(value)]];
    }),
  );
  fetch(upstream, { method: incoming.method ?? 'POST', headers, ...(body === '' ? {} : { body }) }).then(
    async (answer) => {
      const passed = BACK.flatMap((name) => {
        const value = answer.headers.get(name);
        return value === null ? [] : [[name, value] as const];
      });
      outgoing.writeHead(answer.status, Object.fromEntries(passed));
      outgoing.end(Buffer.from(await answer.arrayBuffer()));
    },
    () => outgoing.writeHead(502).end(),
  );
}
