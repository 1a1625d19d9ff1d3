import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  type AddressInfo,
  connect,
  createServer as createDoor,
  type Server as Door,
  type Socket,
} from 'node:net';
import { Transform } from 'node:stream';

/** What stands between people and the server, and what it lets through. */
export class WayBetween {
  /** WebSockets are turned away, as by a proxy that was never told of them. */
  socketsPass = true;
  /** Streams are turned away as well. */
  streamsPass = true;
  private isSilent = false;
  private readonly sockets = new Set<Socket>();
  private readonly door: Door;

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {
    this.door = createDoor((socket) => {
      this.keep(socket);
      // Not even given to the server, which would begin to read from it again, paused or not.
      if (!this.isSilent) server.emit('connection', socket);
    });
  }

  static async to(target: number): Promise<WayBetween> {
    const server = createServer();
    const way = new WayBetween(server, target);
    server.on('request', (incoming, answer) => {
      way.ask(incoming, answer);
    });
    server.on('upgrade', (incoming, socket: Socket, head) => {
      way.upgrade(incoming, socket, head);
    });
    await new Promise<void>((resolve) => way.door.listen(0, '127.0.0.1', resolve));
    return way;
  }

  get origin(): string {
    return `http://127.0.0.1:${String((this.door.address() as AddressInfo).port)}`;
  }

  /** Nothing passes and nothing is refused, until it is over: as when a machine is out of reach. */
  silence(): void {
    this.isSilent = true;
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
    this.server.close();
    await new Promise((resolve) => this.door.close(resolve));
  }

  private ask(incoming: IncomingMessage, answer: ServerResponse): void {
    if (this.isSilent) return;
    if (!this.streamsPass && incoming.headers.accept === 'text/event-stream') {
      answer.writeHead(502).end();
      return;
    }
    const onward = request(this.onward(incoming), (came) => {
      if (this.isSilent) return;
      answer.writeHead(came.statusCode ?? 502, came.headers);
      came.pipe(this.gate()).pipe(answer);
    });
    onward.on('error', () => {
      if (!this.isSilent) answer.destroy();
    });
    answer.on('close', () => onward.destroy());
    incoming.pipe(onward);
  }

  private upgrade(incoming: IncomingMessage, socket: Socket, head: Buffer): void {
    if (this.isSilent) return;
    if (!this.socketsPass) {
      socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    const onward = connect(this.target, '127.0.0.1', () => {
      onward.write(headOf(incoming));
      onward.write(head);
      socket.pipe(this.gate()).pipe(onward);
      onward.pipe(this.gate()).pipe(socket);
    });
    this.keep(onward);
    for (const [end, other] of [
      [socket, onward],
      [onward, socket],
    ] as const)
      end.on('close', () => {
        if (!this.isSilent) other.destroy();
      });
  }

  /** Passes everything on until it is silent; then neither bytes nor an end, for good: `speak` breaks the connection. */
  private gate(): Transform {
    return new Transform({
      transform: (chunk, _encoding, done) => {
        if (!this.isSilent) done(null, chunk);
      },
      flush: (done) => {
        if (!this.isSilent) done();
      },
    });
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => this.sockets.delete(socket));
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
