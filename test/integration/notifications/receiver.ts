import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

export interface Received {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

type Answer = (request: Received, response: ServerResponse) => void;

const well: Answer = (_request, response) => {
  response.writeHead(204).end();
};
export const status =
  (code: number, headers: Record<string, string> = {}, body = ''): Answer =>
  (_request, response) => {
    response.writeHead(code, headers).end(body);
  };
/** Takes the message and says nothing. */
export const silence: Answer = () => undefined;

/** Somebody else's server: keeps what comes, and answers as it is told. */
export class Receiver {
  readonly received: Received[] = [];
  private readonly answers = new Map<string, Answer[]>();
  private readonly always = new Map<string, Answer>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void receiver.take(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  url(path: string): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}${path}`;
  }

  /** The next answers at a path; then all is well again. */
  script(path: string, ...answers: readonly Answer[]): void {
    this.answers.set(path, [...answers]);
  }

  from(path: string, answer: Answer): void {
    this.always.set(path, answer);
  }

  /** The mark that the test gave each message, in the order of their coming. */
  tokensAt(path: string): readonly unknown[] {
    return this.at(path).map(({ body }) => (JSON.parse(body) as { data: { token?: unknown } }).data.token);
  }

  at(path: string): readonly Received[] {
    return this.received.filter((one) => one.path === path);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const path = request.url ?? '';
    const received = {
      path,
      headers: request.headers as Record<string, string>,
      body: Buffer.concat(pieces).toString(),
    };
    this.received.push(received);
    const answer = this.answers.get(path)?.shift() ?? this.always.get(path) ?? well;
    answer(received, response);
  }
}
