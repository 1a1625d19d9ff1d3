import {
  Agent,
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { eventually } from '@app/testing';
import { type Installation, type Role } from '../../installation';

/** As in docker/traefik.yaml, only more often: a test has less time. */
const CHECK_EVERY_MS = 500;
const CHECK_LIMIT_MS = 2_000;
const TO_GATEWAY =
  /^\/(api\/v1\/)?mcp\/(tools|resources|prompts|endpoints|connect|servers\/status)|^\/mcp($|\?)|^\/(servers|endpoints)\//;

interface Target {
  readonly role: Role;
  readonly port: number;
  isReady: boolean;
}

/**
 * The door in front of two processes of a role: gives each request to one that says it is ready, in turns, and repeats none.
 * What a process drops, its client sees.
 */
export class Balancer {
  readonly #targets: readonly Target[];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** A connection for each request: none that lies idle can end just when it is needed. */
  readonly #agent = new Agent({ keepAlive: false });
  #timer: NodeJS.Timeout | undefined;
  #turn = 0;

  private constructor(installations: readonly Installation[]) {
    this.#targets = installations.flatMap((installation) =>
      (['api', 'gateway'] as const).map((role) => ({ role, port: installation.port(role), isReady: false })),
    );
    this.#server = createServer((incoming, outgoing) => {
      this.#pass(incoming, outgoing);
    });
    this.#server.on('upgrade', (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
      this.#upgrade(incoming, socket, head);
    });
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  static async start(installations: readonly Installation[]): Promise<Balancer> {
    const balancer = new Balancer(installations);
    await new Promise<void>((resolve) => balancer.#server.listen(0, '127.0.0.1', resolve));
    await balancer.#check();
    return balancer;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) =>
      this.#server.close(() => {
        resolve();
      }),
    );
  }

  /** Until requests go to this process, too: nobody takes the other one away before. Roles without a door are seen at once. */
  async sees(installation: Installation, role: Role): Promise<void> {
    await eventually(
      () => {
        const target = this.#targets.find(({ port }) => port === installation.port(role));
        expect([role, target?.isReady ?? true]).toEqual([role, true]);
      },
      { deadlineMs: 60_000 },
    );
  }

  async #check(): Promise<void> {
    await Promise.all(this.#targets.map(async (target) => (target.isReady = await isReady(target.port))));
    if (!this.#server.listening) return;
    this.#timer = setTimeout(() => void this.#check(), CHECK_EVERY_MS);
  }

  #pick(path: string): Target | undefined {
    const role = TO_GATEWAY.test(path) ? 'gateway' : 'api';
    const ready = this.#targets.filter((target) => target.role === role && target.isReady);
    this.#turn += 1;
    return ready[this.#turn % ready.length];
  }

  #pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const target = this.#pick(incoming.url ?? '/');
    if (target === undefined) {
      outgoing.writeHead(503).end();
      return;
    }
    const { method, url: path, headers } = incoming;
    const onward = request({
      host: '127.0.0.1',
      port: target.port,
      method,
      path,
      headers,
      agent: this.#agent,
    });
    onward.once('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
      answer.once('error', () => outgoing.destroy());
    });
    onward.once('error', () => {
      if (!outgoing.headersSent) outgoing.writeHead(502);
      outgoing.end();
    });
    outgoing.once('close', () => onward.destroy());
    incoming.pipe(onward);
  }

  #upgrade(incoming: IncomingMessage, socket: Socket, head: Buffer): void {
    const target = this.#pick(incoming.url ?? '/');
    if (target === undefined) {
      socket.destroy();
      return;
    }
    const onward = connect(target.port, '127.0.0.1', () => {
      const lines = [`GET ${incoming.url ?? '/'} HTTP/1.1`];
      for (let at = 0; at < incoming.rawHeaders.length; at += 2)
        lines.push(`${String(incoming.rawHeaders[at])}: ${String(incoming.rawHeaders[at + 1])}`);
      onward.write(`${lines.join('\r\n')}\r\n\r\n`);
      onward.write(head);
      socket.pipe(onward).pipe(socket);
    });
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const)
      one.once('error', () => other.destroy()).once('close', () => other.destroy());
  }
}

async function isReady(port: number): Promise<boolean> {
  try {
    const { ok } = await fetch(`http://127.0.0.1:${String(port)}/health/ready`, {
      signal: AbortSignal.timeout(CHECK_LIMIT_MS),
    });
    return ok;
  } catch {
    return false;
  }
}
