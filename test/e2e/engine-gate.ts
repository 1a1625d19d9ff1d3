import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A socket in front of the engine that can be shut: an engine that is not there yet, or not there any more. */
export class EngineGate {
  private readonly folder = mkdtempSync(join(tmpdir(), 'quayside-gate-'));
  private readonly connections = new Set<Socket>();
  private server: Server | undefined;

  constructor(private readonly engineSocket: string) {}

  get host(): string {
    return `unix://${this.socketPath}`;
  }

  get socketPath(): string {
    return join(this.folder, 'engine.sock');
  }

  async open(): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (near) => {
      this.join(near, connect({ path: this.engineSocket, allowHalfOpen: true }));
    });
    this.server = server.listen(this.socketPath);
    await once(server, 'listening');
  }

  /** Cuts what is open and lets nobody in; the socket is gone, as that of an engine that ended. */
  async shut(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    this.server = undefined;
    const closed = once(server, 'close');
    server.close();
    for (const connection of this.connections) connection.destroy();
    await closed;
  }

  async remove(): Promise<void> {
    await this.shut();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private join(near: Socket, far: Socket): void {
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.connections.add(one);
      // Whatever ends one side ends the other; an error is one way of ending.
      one.on('error', () => other.destroy());
      one.once('close', () => {
        this.connections.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  }
}
