import { createHash } from 'node:crypto';
import { connectMcp, McpTimeoutError, McpUnreachableError, type McpSession, networkError } from '@app/mcp';
import { withTimeout } from '@app/resilience';
import { Prober, type ProbeAnswer, type ProbeTarget } from './prober';

interface Kept {
  readonly session: McpSession;
  readonly fingerprint: string;
  readonly openedAtMs: number;
  tools: number;
  toolsAtMs: number;
  stopListening: () => void;
}

/** The verdict on the era of a server is dated: a stale one works silently for ever. */
const ASK_ERA_AGAIN_AFTER_MS = 24 * 3_600_000;
const FIRST_MEETING_MS = 15_000;
/** A list that changed without a word is noticed after this long. */
const LIST_AGAIN_AFTER_MS = 300_000;

/**
 * Handshake and `tools/list` at first, a ping on the same session afterwards: a probe every ten seconds must not leave
 * a trail of sessions in servers that keep them.
 */
export class McpProber extends Prober {
  readonly #kept = new Map<string, Kept>();
  #onToolsChanged: (instanceId: string) => void = () => undefined;

  override probe(target: ProbeTarget, signal: AbortSignal): Promise<ProbeAnswer> {
    const what = `The probe of "${target.serverName}"`;
    return withTimeout(limitOf(target), (ended) => this.#probe(target, ended), { signal, what });
  }

  override forget(key: string): void {
    const kept = this.#kept.get(key);
    if (kept === undefined) return;
    this.#kept.delete(key);
    kept.stopListening();
    // The server may be gone already; a farewell that nobody hears is no failure.
    kept.session.close().catch(() => undefined);
  }

  override onToolsChanged(listener: (instanceId: string) => void): void {
    this.#onToolsChanged = listener;
  }

  override close(): Promise<void> {
    for (const key of [...this.#kept.keys()]) this.forget(key);
    return Promise.resolve();
  }

  async #probe(target: ProbeTarget, signal: AbortSignal): Promise<ProbeAnswer> {
    const startedAtMs = performance.now();
    if (this.#isVerdictOld(target.key)) return this.#probe({ ...target, prefer: undefined }, signal);
    if (target.healthUrl !== undefined) await checkHealthPath(target, target.healthUrl, signal);
    const kept = (await this.#stillThere(target, signal)) ?? (await this.#connect(target, signal));
    const latencyMs = Math.round(performance.now() - startedAtMs);
    const { era, transport } = kept.session;
    return { era, transport, tools: kept.tools, latencyMs };
  }

  /** The session goes with the verdict; without a preferred era the question is asked again. */
  #isVerdictOld(key: string): boolean {
    const kept = this.#kept.get(key);
    if (kept === undefined || performance.now() - kept.openedAtMs < ASK_ERA_AGAIN_AFTER_MS) return false;
    this.forget(key);
    return true;
  }

  /** undefined when there is no session, or it died: a server that was restarted is met anew within the same probe. */
  async #stillThere(target: ProbeTarget, signal: AbortSignal): Promise<Kept | undefined> {
    const kept = this.#kept.get(target.key);
    if (kept === undefined) return undefined;
    if (kept.fingerprint !== fingerprintOf(target)) {
      this.forget(target.key);
      return undefined;
    }
    try {
      await kept.session.ping({ timeoutMs: target.timeoutMs, signal });
      await this.#countTools(kept, target, signal);
      return kept;
    } catch (error) {
      this.forget(target.key);
      // Silence is an answer; asking once more in the same probe would only double the wait.
      if (signal.aborted || error instanceof McpTimeoutError) throw error;
      return undefined;
    }
  }

  async #connect(target: ProbeTarget, signal: AbortSignal): Promise<Kept> {
    const { urls, transport, fetch, openSocket, headers, auth, serverName, prefer } = target;
    const session = await connectMcp({
      urls,
      fetch,
      headers,
      timeoutMs: limitOf(target),
      serverName,
      signal,
      ...(transport !== undefined && { transport }),
      ...(auth !== undefined && { auth }),
      ...(openSocket !== undefined && { openSocket }),
      ...(prefer !== undefined && { prefer }),
    });
    const kept: Kept = {
      session,
      fingerprint: fingerprintOf(target),
      openedAtMs: performance.now(),
      tools: 0,
      toolsAtMs: -Infinity,
      stopListening: () => undefined,
    };
    this.#kept.set(target.key, kept);
    try {
      await this.#countTools(kept, target, signal);
    } catch (error) {
      this.forget(target.key);
      throw error;
    }
    kept.stopListening = session.onListChanged((kind) => {
      if (kind !== 'tools') return;
      kept.toolsAtMs = -Infinity;
      this.#onToolsChanged(target.instanceId);
    });
    return kept;
  }

  async #countTools(kept: Kept, { timeoutMs }: ProbeTarget, signal: AbortSignal): Promise<void> {
    const nowMs = performance.now();
    if (nowMs - kept.toolsAtMs < LIST_AGAIN_AFTER_MS) return;
    // A server need not have tools at all; asking one that has none is an error in either era.
    const hasTools = kept.session.capabilities['tools'] !== undefined;
    kept.tools = hasTools ? (await kept.session.listTools({ timeoutMs, signal })).length : 0;
    kept.toolsAtMs = nowMs;
  }
}

/** Some older servers are silent when asked for their era, and the first meeting has to outlast that. */
const limitOf = ({ timeoutMs, prefer }: ProbeTarget): number =>
  prefer === undefined ? Math.max(timeoutMs, FIRST_MEETING_MS) : timeoutMs;

/** Addresses and credentials in one digest: when one changes, the session is made anew. */
function fingerprintOf({ urls, transport, headers }: ProbeTarget): string {
  return createHash('sha256')
    .update(JSON.stringify([urls, transport, headers]))
    .digest('base64');
}

async function checkHealthPath(target: ProbeTarget, url: string, signal: AbortSignal): Promise<void> {
  const { status } = await askHealthPath(target, url, signal);
  if (status < 400) return;
  const path = new URL(url).pathname;
  throw new McpUnreachableError(`The health path ${path} answered ${status}.`, 'http', {
    serverName: target.serverName,
  });
}

async function askHealthPath(
  { fetch, headers, serverName }: ProbeTarget,
  url: string,
  signal: AbortSignal,
): Promise<{ readonly status: number }> {
  try {
    const answer = await fetch(url, { method: 'GET', headers: { ...headers }, signal, redirect: 'manual' });
    await answer.body?.[Symbol.asyncIterator]().return?.();
    return answer;
  } catch (error) {
    // Whoever ended the probe has said why; everything else is the network's, and gets words that may be shown.
    if (signal.aborted) throw error;
    throw networkError(error, { serverName });
  }
}
