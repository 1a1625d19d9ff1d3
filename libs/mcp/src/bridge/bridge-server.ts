import { type IncomingHttpHeaders } from 'node:http';
import { type StdioBridge, type StdioStreams } from './stdio-bridge';

export interface BridgeCaller {
  readonly instanceId: string;
  /** The bearer token, without the scheme. */
  readonly token: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

export interface BridgeServerOptions {
  /** Loopback, or the one interface that the gateway reaches. */
  readonly host: string;
  /** 0, the default, lets the system choose. */
  readonly port?: number;
  readonly verify: (caller: BridgeCaller) => boolean;
  readonly log?: (line: string) => void;
}

/** A process of its own for each client session, made when the session begins. */
export interface PerSessionChildren {
  /** Starts a process. `stop` ends it; called exactly once. */
  start(): Promise<StdioStreams & { stop(): Promise<void> }>;
}

/** Serves stdio servers as streamable HTTP on a loopback port: `/bridge/<instance id>/mcp`. */
export class BridgeServer {
  constructor(readonly options: BridgeServerOptions) {}

  start(): Promise<{ readonly port: number }> {
    return Promise.reject(new Error('not yet'));
  }

  /** Address under which an instance is, or would be, served. */
  url(instanceId: string): string {
    return instanceId;
  }

  /** Serves an instance through its opened bridge, in place of what served it before; returns its address. */
  attach(instanceId: string, _bridge: StdioBridge, _perSession?: PerSessionChildren): string {
    return this.url(instanceId);
  }

  /** Ends the sessions of an instance; its address answers 404 from now on. */
  detach(_instanceId: string): void {}

  stop(): Promise<void> {
    return Promise.resolve();
  }
}
