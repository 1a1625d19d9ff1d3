import { type McpAuth, type McpEra, type McpFetch, type McpSocketOpener } from '@app/mcp';

export type UrlTransport = 'streamable-http' | 'sse';
/** A WebSocket is told by the address, so nobody names it beforehand. */
export type MetTransport = UrlTransport | 'websocket';

/** Whom to ask, and how. */
export interface ProbeTarget {
  /** One live session is kept per key. */
  readonly key: string;
  readonly instanceId: string;
  readonly serverName: string;
  readonly urls: readonly string[];
  /** undefined: found out by trying. */
  readonly transport: UrlTransport | undefined;
  /** Must answer below 400, when given. */
  readonly healthUrl: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly auth: McpAuth | undefined;
  readonly fetch: McpFetch;
  /** For ws(s) addresses. */
  readonly openSocket?: McpSocketOpener;
  readonly timeoutMs: number;
  /** The verdict of the last probe, so that the question need not be asked each time. */
  readonly prefer: McpEra | undefined;
}

export interface ProbeAnswer {
  readonly era: McpEra;
  readonly tools: number;
  readonly latencyMs: number;
  /** How it was reached. */
  readonly transport: MetTransport;
}

/** Asks a server whether it serves: the port that specs put a fake behind. */
export abstract class Prober {
  /** Throws when it does not; the error's words are shown to people. */
  abstract probe(target: ProbeTarget, signal: AbortSignal): Promise<ProbeAnswer>;
  /** The server behind the key is gone. */
  abstract forget(key: string): void;
  /** A server said that its list of tools changed. */
  abstract onToolsChanged(listener: (instanceId: string) => void): void;
  abstract close(): Promise<void>;
}
