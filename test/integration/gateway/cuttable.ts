import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A line to a server that a test can cut and mend: cut means refused, as by a server that is not there. */
export class Cuttable {
  private readonly sockets = new Set<Socket>();
  private isCut = false;
  private readonly server = createServer((near) => {
    if (this.isCut) {
      near.destroy();
      return;
    }
    const far = connect(this.port, this.host);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.sockets.delete(one);
        other.destroy();
      });
    }
  });

  private constructor(
    private readonly host: string,
    private readonly port: number,
  ) {}

  static async to(url: string): Promise<{ line: Cuttable; url: string }> {
    const target = new URL(url);
    const line = new Cuttable(target.hostname, Number(target.port));
    line.server.listen(0, '127.0.0.1');
    await once(line.server, 'listening');
    target.host = `127.0.0.1:${(line.server.address() as AddressInfo).port}`;
    return { line, url: target.href };
  }

  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  mend(): void {
    this.isCut = false;
  }

  async end(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
