import { connectMcp, type ConnectOptions } from './connect';
import { type McpEra, type McpServerInfo } from './session';

export interface ProbeResult {
  readonly era: McpEra;
  readonly tools: number;
  /** Of the whole: handshake and list. */
  readonly latencyMs: number;
  readonly serverInfo: McpServerInfo;
  readonly url: string;
}

/** Handshake + `tools/list`: the only proof that a server serves. One without tools at all counts zero. */
export async function probeMcp(options: ConnectOptions): Promise<ProbeResult> {
  const startMs = performance.now();
  const session = await connectMcp(options);
  try {
    const calls = options.signal === undefined ? {} : { signal: options.signal };
    const tools = session.capabilities.tools === undefined ? 0 : (await session.listTools(calls)).length;
    const latencyMs = Math.round(performance.now() - startMs);
    const { era, serverInfo, url } = session;
    return { era, tools, latencyMs, serverInfo, url };
  } finally {
    await session.close();
  }
}
