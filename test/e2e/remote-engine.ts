import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Duplex } from 'node:stream';

interface CreateBody {
  readonly HostConfig: { readonly Mounts?: readonly { readonly Source: string }[] };
}

/** An engine that can be moved to another machine: there it sees none of our files. Everything else is the real one's. */
export class RemoteEngine {
  isElsewhere = false;
  private readonly folder = mkdtempSync(join(tmpdir(), 'quayside-remote-'));
  private readonly open = new Set<Duplex>();
  private readonly server: Server;

  constructor(private readonly engineSocket: string) {
    this.server = createServer((asked, response) => void this.forward(asked, response));
    this.server.on('connection', (socket: Duplex) => {
      this.keep(socket);
    });
    this.server.on('upgrade', (asked: IncomingMessage, near: Duplex, head: Buffer) => {
      this.join(asked, near, head);
    });
  }

  get host(): string {
    return `unix://${join(this.folder, 'engine.sock')}`;
  }

  async start(): Promise<void> {
    this.server.listen(join(this.folder, 'engine.sock'));
    await once(this.server, 'listening');
  }

  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.open) socket.destroy();
    await closed;
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async forward(asked: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of asked) chunks.push(chunk as Buffer);
    const body = this.bodyFor(asked.url ?? '', Buffer.concat(chunks));
    const far = request(this.optionsFor(asked, body.length), (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      // At once: who watches events waits for the first line.
      response.flushHeaders();
      answer.pipe(response);
    });
    far.once('error', () => response.destroy());
    response.once('close', () => far.destroy());
    far.end(body);
  }

  private bodyFor(path: string, body: Buffer): Buffer {
    if (!this.isElsewhere || !path.includes('/containers/create')) return body;
    const { HostConfig, ...rest } = JSON.parse(body.toString()) as CreateBody;
    const Mounts = (HostConfig.Mounts ?? []).map((mount) => ({
      ...mount,
      Source: `/elsewhere${mount.Source}`,
    }));
    return Buffer.from(JSON.stringify({ ...rest, HostConfig: { ...HostConfig, Mounts } }));
  }

  /** Word for word, and from then on both sides talk as they like. */
  private join({ method, url, rawHeaders }: IncomingMessage, near: Duplex, head: Buffer): void {
    const far = connect({ path: this.engineSocket, allowHalfOpen: true });
    this.keep(far);
    const lines = rawHeaders.map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\r\n`));
    far.write(`${method ?? 'GET'} ${url ?? '/'} HTTP/1.1\r\n${lines.join('')}\r\n`);
    far.write(head);
    near.pipe(far).pipe(near);
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
  }

  private optionsFor({ method, url, headers }: IncomingMessage, length: number) {
    const rest = { ...headers, 'content-length': String(length) };
    return { socketPath: this.engineSocket, method: method ?? 'GET', path: url ?? '/', headers: rest };
  }

  private keep(socket: Duplex): void {
    this.open.add(socket);
    // Whoever breaks off has done so on purpose.
    socket.on('error', () => undefined);
    socket.once('close', () => this.open.delete(socket));
  }
}
