import { type DirectAnswer, DirectExchange, type DirectListener } from './direct-exchange';
import { type Outbound } from './outbound';
import { type OutboundTarget } from './outbound-request';

/** The part of `fetch` that messages need: text in, bytes out, no redirect, no decoding, no web streams. */
export interface DirectFetch {
  (url: string, init: DirectRequest): Promise<DirectAnswer>;
  /** The same without a promise, for those to whom promises would be most of the cost. */
  start(url: string, message: DirectMessage, listener: DirectListener): DirectExchange;
}

/** What is sent. */
export interface DirectMessage {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

export interface DirectRequest extends DirectMessage {
  readonly signal: AbortSignal;
}

/** Addresses taken apart once; forgotten all together, which costs less than to remember which was used when. */
const MAX_TARGETS = 1_000;

/** Calls and streams have connections of their own: streams stay open, and would keep calls waiting. */
export function directFetch(calls: Outbound, streams: Outbound): DirectFetch {
  const targets = new Map<string, OutboundTarget>();
  const targetOf = (url: string): OutboundTarget => {
    const known = targets.get(url);
    if (known !== undefined) return known;
    const target = calls.target(url);
    if (targets.size >= MAX_TARGETS) targets.clear();
    targets.set(url, target);
    return target;
  };
  const start = (url: string, message: DirectMessage, listener: DirectListener): DirectExchange => {
    const { method, headers, body, signal } = message;
    if (method !== 'GET' && method !== 'POST' && method !== 'DELETE')
      throw new TypeError(`${method} is no method of messages`);
    const outbound = method === 'GET' ? streams : calls;
    const target = targetOf(url);
    const exchange = new DirectExchange(listener);
    if (signal !== undefined) exchange.follow(signal);
    const bytes = body === undefined ? null : Buffer.from(body);
    outbound.dispatch(target, { method, headers: pairsOf(headers), body: bytes }, exchange);
    return exchange;
  };
  const fetch = (url: string, init: DirectRequest): Promise<DirectAnswer> =>
    new Promise((resolve, reject) => {
      start(url, init, { wantsWhole: () => false, onAnswer: resolve, onError: reject });
    });
  return Object.assign(fetch, { start });
}

/** By the object that callers send again and again; nobody changes it, nor what is made of it. */
const PAIRS = new WeakMap<object, string[]>();

function pairsOf(headers: DirectRequest['headers']): string[] {
  const known = PAIRS.get(headers);
  if (known !== undefined) return known;
  const pairs = ['accept-encoding', 'identity'];
  for (const name in headers) if (name !== 'accept-encoding') pairs.push(name, headers[name] ?? '');
  PAIRS.set(headers, pairs);
  return pairs;
}
