import { type ConnectOptions } from './connect';
import { type McpEra, type McpServerInfo } from './session';

export interface ProbeResult {
  readonly era: McpEra;
  readonly tools: number;
  /** Of the whole: handshake and list. */
  readonly latencyMs: number;
  readonly serverInfo: McpServerInfo;
  readonly url: string;
}

/** Handshake + `tools/list`: the only proof that a server serves. */
export function probeMcp(options: ConnectOptions): Promise<ProbeResult> {
  return Promise.reject(new Error(`not yet: ${options.url ?? ''}`));
}
