import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** What stands between people and the server, and what it lets through. */
export class WayBetween {
  /** WebSockets are turned away, as by a proxy that was never told of them. */
  socketsPass = true;
  /** Streams are turned away as well. */
  streamsPass = true;
  private isSilent = false;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {}

  static async to(target: number): Promise<WayBetween> {
    const server = createServer();
    const way = new WayBetween(server, target);
    server.on('connection', (socket) => {
      way.keep(socket);
    });
    server.on('request', (incoming, answer) => {
      if (!way.streamsPass && incoming.headers.accept === 'text/event-stream') {
        answer.writeHead(502).end();
        return;
      }
      const onward = request(way.onward(incoming), (came) => {
        answer.writeHead(came.statusCode ?? 502, came.headers);
        came.pipe(answer);
      });
      onward.on('error', () => answer.destroy());
      answer.on('close', () => onward.destroy());
      incoming.pipe(onward);
    });
    server.on('upgrade', (incoming, socket: Socket, head) => {
      if (!way.socketsPass) {
        socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
        return;
      }
      const onward = connect(way.target, '127.0.0.1', () => {
        onward.write(headOf(incoming));
        onward.write(head);
        socket.pipe(onward).pipe(socket);
      });
      way.keep(onward);
      for (const [end, other] of [
        [socket, onward],
        [onward, socket],
      ] as const)
        end.on('error', () => other.destroy()).on('close', () => other.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return way;
  }

  get origin(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  /** Nothing passes and nothing is refused, until it is over: as when a machine is out of reach. */
  silence(): void {
    this.isSilent = true;
    for (const socket of this.sockets) socket.pause();
  }

  /** Whoever kept a connection finds it broken. */
  speak(): void {
    this.isSilent = false;
    this.cut();
  }

  /** Ends what is open; the next connection may be another one. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => this.sockets.delete(socket));
    if (this.isSilent) socket.pause();
  }

  private onward({ method, url, headers }: IncomingMessage) {
    return { host: '127.0.0.1', port: this.target, method, path: url, headers };
  }
}

function headOf({ method, url, rawHeaders }: IncomingMessage): string {
  const lines = rawHeaders.flatMap((name, at) =>
    at % 2 === 0 ? [`${name}: ${rawHeaders[at + 1] ?? ''}`] : [],
  );
  return [`${method ?? 'GET'} ${url ?? '/'} HTTP/1.1`, ...lines, '', ''].join('\r\n');
}
