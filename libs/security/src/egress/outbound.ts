import { Agent } from 'undici';
import { type ConnectorOptions, guardedConnector } from './connector';
import { EgressRefusedError } from './errors';
import { type OutboundHandler, type OutboundRequest, type OutboundTarget } from './outbound-request';
import { type EgressPolicy } from './policy';
import { EgressRules } from './rules';
import { Wire } from './wire/wire';

export interface OutboundOptions extends Partial<ConnectorOptions> {
  /** null: as many as there are requests, for streams that stay open. */
  readonly connectionsPerHost?: number | null;
}

const DEFAULTS = { connectTimeoutMs: 2_000, connectionsPerHost: 128 } as const;
/** Streams are many and say little at a time. */
const STREAM_READ_BYTES = 4 * 1_024;
const CALL_READ_BYTES = 64 * 1_024;
const MAX_HEADER_BYTES = 32 * 1_024;
/** Shorter than the five seconds after which many servers hang up, so that a request rarely meets a closing connection. */
const KEEP_ALIVE_MS = 4_000;
const KEEP_ALIVE_MAX_MS = 60_000;

/**
 * HTTP without anything on top: no redirect, no decoding, no stream objects, no time limit but the one for connecting.
 * For relays that look after the rest themselves.
 */
export class Outbound {
  constructor(
    private readonly agent: Agent,
    private readonly judge: (url: URL) => void,
    /** For addresses without TLS that may be reached without a second look. */
    private readonly wire?: Wire,
  ) {}

  /** Throws an `EgressRefusedError` for an address that may not be reached. */
  target(address: string): OutboundTarget {
    if (!URL.canParse(address)) throw new EgressRefusedError('not a valid address');
    const url = new URL(address);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new EgressRefusedError('scheme');
    this.judge(url);
    return { origin: url.origin, path: url.pathname + url.search };
  }

  /** Everything that happens is told to the handler, failures too; the name is judged again whenever a connection is made. */
  dispatch(target: OutboundTarget, request: OutboundRequest, handler: OutboundHandler): void {
    const { origin, path } = target;
    if (this.wire !== undefined && origin.startsWith('http:')) {
      this.wire.dispatch(target, request, handler);
      return;
    }
    const { method, headers, body } = request;
    this.agent.dispatch({ origin, path, method, headers, body, headersTimeout: 0, bodyTimeout: 0 }, handler);
  }

  /** At once: what is open breaks. */
  close(): Promise<void> {
    this.wire?.close();
    return this.agent.destroy();
  }
}

/** For addresses that somebody else supplied. */
export function guardedOutbound(policy: EgressPolicy, options: OutboundOptions = {}): Outbound {
  const settings = { ...DEFAULTS, ...options };
  const rules = new EgressRules(policy);
  const agent = new Agent({ ...agentOptions(settings), connect: guardedConnector(rules, settings) });
  return new Outbound(agent, (url) => {
    const reason = rules.judgeUrl(url, true);
    if (reason !== undefined) throw new EgressRefusedError(reason);
  });
}

/** For addresses that we made ourselves: containers of ours and the stdio bridge. */
export function trustedOutbound(options: OutboundOptions = {}): Outbound {
  const settings = { ...DEFAULTS, ...options };
  const connect = { timeout: settings.connectTimeoutMs };
  const wire = new Wire({
    connectTimeoutMs: settings.connectTimeoutMs,
    connectionsPerHost: settings.connectionsPerHost,
    readBufferBytes: settings.connectionsPerHost === null ? STREAM_READ_BYTES : CALL_READ_BYTES,
  });
  return new Outbound(new Agent({ ...agentOptions(settings), connect }), () => undefined, wire);
}

const agentOptions = ({
  connectionsPerHost,
}: Pick<OutboundOptions, 'connectionsPerHost'>): Agent.Options => ({
  connections: connectionsPerHost ?? null,
  maxHeaderSize: MAX_HEADER_BYTES,
  keepAliveTimeout: KEEP_ALIVE_MS,
  keepAliveMaxTimeout: KEEP_ALIVE_MAX_MS,
});
