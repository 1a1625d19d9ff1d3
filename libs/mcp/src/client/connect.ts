import { type McpAuth, type McpEra, type McpFetch, type McpSession } from './session';

export interface ConnectOptions {
  /** One address, or several of the same server: the first that answers is taken. */
  readonly url?: string;
  readonly urls?: readonly string[];
  readonly transport?: 'streamable-http' | 'sse';
  readonly fetch: McpFetch;
  readonly headers?: Readonly<Record<string, string>>;
  readonly auth?: McpAuth;
  /** For the handshake as a whole and, unless a call says otherwise, for each call. */
  readonly timeoutMs?: number;
  /** A verdict known from before: saves the question, and is corrected when it proves wrong. */
  readonly prefer?: McpEra;
  /** As its owner knows it, for errors. */
  readonly serverName?: string;
  readonly signal?: AbortSignal;
}

export function connectMcp(options: ConnectOptions): Promise<McpSession> {
  return Promise.reject(new Error(`not yet: ${options.url ?? ''}`));
}
