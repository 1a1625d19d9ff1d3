import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

export interface StubRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}
export interface StubAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** A local service that answers as a real one does; it can be made to fail in the ways that the real one has. */
export abstract class HttpStub {
  /** Every answer is this one, while it is set. */
  trouble: StubAnswer | undefined;
  readonly requests: string[] = [];
  private server: Server | undefined;

  async start(): Promise<void> {
    const server = createServer((asked, response) => {
      const chunks: Buffer[] = [];
      asked.on('data', (chunk: Buffer) => chunks.push(chunk));
      asked.once('end', () => {
        const text = Buffer.concat(chunks).toString();
        const url = new URL(asked.url ?? '/', 'http://stub');
        const request: StubRequest = {
          method: asked.method ?? 'GET',
          url,
          headers: asked.headers,
          body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
        };
        this.requests.push(`${request.method} ${url.pathname}`);
        const { status, body } = this.trouble ?? this.answer(request);
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(body === undefined ? '' : JSON.stringify(body));
      });
    });
    this.server = server;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }

  get host(): string {
    return `127.0.0.1:${String((this.server?.address() as AddressInfo).port)}`;
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }

  protected abstract answer(request: StubRequest): StubAnswer;
}
