import {
  type ConnectionOptions,
  type ConnectionOwner,
  type WireAddress,
  WireConnection,
} from './wire-connection';
import { WireFault } from './wire-fault';
import { type WireRequest } from './wire-request';

export interface PoolOptions extends ConnectionOptions {
  /** null: as many as there are requests. */
  readonly connectionsPerHost: number | null;
}

/** Whoever asks bounds what is under way long before this many wait; it keeps a mistake from filling the memory. */
const WAITING_MAX = 10_000;

/** The connections to one host. The one that was free last is used first, so that the others may end. */
export class WirePool implements ConnectionOwner {
  private readonly all = new Set<WireConnection>();
  private readonly free: WireConnection[] = [];
  private readonly waiting: WireRequest[] = [];
  private opening = 0;

  constructor(
    private readonly address: WireAddress,
    private readonly options: PoolOptions,
  ) {}

  get isEmpty(): boolean {
    return this.all.size === 0 && this.waiting.length === 0;
  }

  send(request: WireRequest): void {
    const connection = this.takeFree();
    if (connection !== undefined) {
      this.carry(connection, request);
      return;
    }
    if (this.waiting.length >= WAITING_MAX) {
      request.fail(new WireFault('UND_ERR_BUSY', 'too many requests wait for a connection'));
      return;
    }
    this.waiting.push(request);
    this.openMore();
  }

  onReady(connection: WireConnection): void {
    this.opening -= 1;
    this.serve(connection);
  }

  onFree(connection: WireConnection): void {
    this.serve(connection);
  }

  /** Who has waited longest learns of it; the others may have better luck. */
  onUnreachable(error: Error): void {
    this.opening -= 1;
    this.nextWanted()?.fail(error);
  }

  onClosed(connection: WireConnection): void {
    this.all.delete(connection);
    const at = this.free.indexOf(connection);
    if (at !== -1) this.free.splice(at, 1);
    this.openMore();
  }

  /** Ends what lay idle for as long as its server can be trusted to keep it. */
  sweep(nowMs: number): void {
    for (const connection of [...this.free]) if (connection.freeUntilMs <= nowMs) connection.close();
  }

  close(): void {
    for (const request of this.waiting.splice(0)) request.fail(new WireFault('UND_ERR_DESTROYED', 'closed'));
    for (const connection of this.all) connection.close();
  }

  private takeFree(): WireConnection | undefined {
    for (;;) {
      const connection = this.free.pop();
      if (connection === undefined) return undefined;
      if (connection.isUsable && performance.now() < connection.freeUntilMs) return connection;
      connection.close();
    }
  }

  private serve(connection: WireConnection): void {
    const request = this.nextWanted();
    if (request !== undefined) this.carry(connection, request);
    else this.keep(connection);
  }

  private carry(connection: WireConnection, request: WireRequest): void {
    if (!connection.carry(request) && connection.isUsable) this.serve(connection);
  }

  private keep(connection: WireConnection): void {
    // One that was just opened, for a request that went elsewhere, has not been promised any time.
    if (connection.freeUntilMs === 0) connection.freeUntilMs = performance.now() + FIRST_IDLE_MS;
    this.free.push(connection);
  }

  private nextWanted(): WireRequest | undefined {
    let request = this.waiting.shift();
    while (request?.isWanted === false) request = this.waiting.shift();
    return request;
  }

  private openMore(): void {
    const { connectionsPerHost } = this.options;
    while (
      this.opening < this.waiting.length &&
      (connectionsPerHost === null || this.all.size < connectionsPerHost)
    ) {
      this.opening += 1;
      this.all.add(new WireConnection(this.address, this.options, this));
    }
  }
}

const FIRST_IDLE_MS = 2_000;
