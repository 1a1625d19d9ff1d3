import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

/**
 * Adds a credential that the official suite has no option for, and changes nothing else: Host and Origin stay as the suite
 * sent them, or nobody could tell who refuses a foreign one.
 */
export class AuthorizingShim {
  private constructor(
    private readonly server: Server,
    private readonly origin: string,
  ) {}

  static async start(target: string, key: string): Promise<AuthorizingShim> {
    const { hostname, port } = new URL(target);
    const server = createServer((incoming, outgoing) => {
      forward(incoming, outgoing, { hostname, port, key });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new AuthorizingShim(server, `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
  }

  url(path: string): string {
    return `${this.origin}${path}`;
  }

  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }
}

interface Target {
  readonly hostname: string;
  readonly port: string;
  readonly key: string;
}

function forward(incoming: IncomingMessage, outgoing: ServerResponse, { hostname, port, key }: Target): void {
  const { method, url: path, headers } = incoming;
  const asked = request({
    ...{ hostname, port, method, path },
    headers: { ...headers, authorization: `Bearer ${key}` },
  });
  asked.on('response', (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    outgoing.flushHeaders();
    answer.pipe(outgoing);
    answer.once('error', () => outgoing.destroy());
  });
  asked.once('error', () => outgoing.destroy());
  // Who hangs up on us hangs up on the server: closing a stream means something in this protocol.
  outgoing.once('close', () => asked.destroy());
  incoming.pipe(asked);
}
