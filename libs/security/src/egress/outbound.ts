import { Agent, type Dispatcher } from 'undici';
import { type ConnectorOptions, guardedConnector } from './connector';
import { EgressRefusedError } from './errors';
import { type EgressPolicy } from './policy';
import { EgressRules } from './rules';

/** Told of each step of an answer, and able to pause it. */
export type OutboundHandler = Dispatcher.DispatchHandler;
export type OutboundController = Dispatcher.DispatchController;

/** A judged address, taken apart once for all requests that go there. */
export interface OutboundTarget {
  readonly origin: string;
  readonly path: string;
}

export interface OutboundRequest {
  readonly method: 'POST' | 'GET' | 'DELETE';
  /** Names and values by turns; `Host` is the target's own. */
  readonly headers: string[];
  readonly body: Buffer | null;
}

export interface OutboundOptions extends Partial<ConnectorOptions> {
  /** null: as many as there are requests, for streams that stay open. */
  readonly connectionsPerHost?: number | null;
}

const DEFAULTS = { connectTimeoutMs: 2_000, connectionsPerHost: 128 } as const;
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
  dispatch({ origin, path }: OutboundTarget, request: OutboundRequest, handler: OutboundHandler): void {
    const { method, headers, body } = request;
    this.agent.dispatch({ origin, path, method, headers, body, headersTimeout: 0, bodyTimeout: 0 }, handler);
  }

  /** At once: what is open breaks. */
  close(): Promise<void> {
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
  return new Outbound(new Agent({ ...agentOptions(settings), connect }), () => undefined);
}

const agentOptions = ({
  connectionsPerHost,
}: Pick<OutboundOptions, 'connectionsPerHost'>): Agent.Options => ({
  connections: connectionsPerHost ?? null,
  maxHeaderSize: MAX_HEADER_BYTES,
  keepAliveTimeout: KEEP_ALIVE_MS,
  keepAliveMaxTimeout: KEEP_ALIVE_MAX_MS,
});
