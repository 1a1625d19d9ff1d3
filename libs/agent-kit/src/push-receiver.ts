import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type PushOptions } from './options';
import { isGenuine } from './signature';
import { type GivenTask } from './task-context';

export interface Received {
  /** Takes the task, or says that there is no room for it now. */
  readonly take: (task: GivenTask) => boolean;
  readonly cancel: (taskId: string) => void;
  readonly secret: () => string;
}

const MAX_BODY_BYTES = 1_024 * 1_024;
/** Of messages that were taken: one that comes twice is not done twice. */
const REMEMBERED_MAX = 10_000;
const BUSY_RETRY_S = 2;

/** Takes tasks that are sent, each one once, and only from whoever knows the secret. */
export class PushReceiver {
  private readonly server: Server;
  private readonly seen = new Set<string>();

  constructor(
    private readonly options: PushOptions,
    private readonly received: Received,
  ) {
    this.server = createServer((request, response) => {
      this.answer(request, response).catch(() => {
        if (!response.headersSent) response.writeHead(400);
        response.end();
      });
    });
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.options.port, this.options.host ?? '0.0.0.0', resolve);
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => {
        resolve();
      });
      this.server.closeIdleConnections();
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') {
      // For the control plane's look at the agent's health.
      response.writeHead(200).end('{}');
      return;
    }
    const body = await textOf(request);
    if (body === undefined) response.writeHead(413).end();
    else if (!this.isFromControlPlane(request, body)) response.writeHead(401).end();
    else this.handle(String(request.headers['webhook-id']), body, response);
  }

  private isFromControlPlane({ headers }: IncomingMessage, body: string): boolean {
    const text = (name: string): string | undefined => {
      const value = headers[name];
      return typeof value === 'string' ? value : undefined;
    };
    const parts = {
      id: text('webhook-id'),
      timestamp: text('webhook-timestamp'),
      signature: text('webhook-signature'),
      body,
    };
    return isGenuine(parts, this.received.secret(), Date.now() / 1_000);
  }

  private handle(messageId: string, body: string, response: ServerResponse): void {
    const message = JSON.parse(body) as GivenTask;
    if (message.type === 'cancel' && (message as Partial<GivenTask>).payload === undefined) {
      this.received.cancel(message.task_id);
      response.writeHead(200).end('{}');
      return;
    }
    if (!this.seen.has(messageId) && !this.received.take(message)) {
      response.writeHead(429, { 'retry-after': String(BUSY_RETRY_S) }).end();
      return;
    }
    this.remember(messageId);
    response.writeHead(202).end('{}');
  }

  private remember(messageId: string): void {
    this.seen.add(messageId);
    const [oldest] = this.seen;
    if (this.seen.size > REMEMBERED_MAX && oldest !== undefined) this.seen.delete(oldest);
  }
}

/** undefined: more than any task is. */
async function textOf(request: IncomingMessage): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}
