import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

/** Children and servers of one spec file: everything that was started is ended, whatever the test did. */
export class Started {
  private readonly children: ChildProcessWithoutNullStreams[] = [];
  private readonly servers: Server[] = [];

  child(
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): ChildProcessWithoutNullStreams {
    const child = spawn(process.execPath, args, { env: { PATH: process.env.PATH, ...environment } });
    this.children.push(child);
    return child;
  }

  /** A server on a free loopback port; its address. */
  async server(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    this.servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async end(): Promise<void> {
    for (const server of this.servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    await Promise.all(this.children.splice(0).map(stop));
  }
}

export async function stop(child: ChildProcessWithoutNullStreams): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
