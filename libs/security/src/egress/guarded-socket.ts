import { type Socket } from 'node:net';
import { type buildConnector } from 'undici';
import { type RawData, WebSocket } from 'ws';
import { guardedConnector } from './connector';
import { EgressRefusedError, OutboundFailure } from './errors';
import { type EgressPolicy } from './policy';
import { EgressRules } from './rules';

export interface SocketRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly protocol: string;
  readonly maxMessageBytes: number;
  /** Of the opening; an open socket is closed by `close`. */
  readonly signal: AbortSignal;
  onMessage(text: string): void;
  /** Once, whoever ended it. */
  onEnd(): void;
}

export interface OpenSocket {
  /** Settles when the text is handed to the network. */
  send(text: string): Promise<void>;
  close(): void;
}

/** The other side would not have it, in the words of HTTP. */
export interface SocketRefusal {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
}

export type GuardedSocket = (url: string, request: SocketRequest) => Promise<OpenSocket | SocketRefusal>;

export interface GuardedSocketOptions {
  readonly connectTimeoutMs?: number;
  readonly pingEveryMs?: number;
}

const CONNECT_LIMIT_MS = 5_000;
const HANDSHAKE_LIMIT_MS = 10_000;
/** Shorter than the minute after which many middle boxes forget a silent connection. */
const PING_EVERY_MS = 30_000;
/** Unsent text of a peer that does not read; beyond it the socket is given up. */
const MAX_UNSENT_BYTES = 16 * 1_024 * 1_024;

/** WebSocket to addresses that somebody else supplied: judged and pinned in the same way as those of `guardedFetch`. */
export function guardedSocket(policy: EgressPolicy, options: GuardedSocketOptions = {}): GuardedSocket {
  const rules = new EgressRules(policy);
  const connect = guardedConnector(rules, { connectTimeoutMs: options.connectTimeoutMs ?? CONNECT_LIMIT_MS });
  return async (address, request) => {
    if (!URL.canParse(address)) throw new EgressRefusedError('not a valid address');
    const url = new URL(address);
    if (url.protocol !== 'wss:' && url.protocol !== 'ws:') throw new EgressRefusedError('scheme');
    const reason = rules.judgeUrl(url, true);
    if (reason !== undefined) throw new EgressRefusedError(reason);
    request.signal.throwIfAborted();
    const socket = await dial(connect, url);
    return upgrade(socket, url, request, options.pingEveryMs ?? PING_EVERY_MS);
  };
}

function dial(connect: buildConnector.connector, { protocol, hostname, port, host }: URL): Promise<Socket> {
  const asHttp = protocol === 'wss:' ? 'https:' : 'http:';
  return new Promise((resolve, reject) => {
    connect({ hostname, host, protocol: asHttp, port }, (error, socket) => {
      if (error === null) resolve(socket);
      else reject(error);
    });
  });
}

function upgrade(
  socket: Socket,
  url: URL,
  request: SocketRequest,
  pingEveryMs: number,
): Promise<OpenSocket | SocketRefusal> {
  const { headers, protocol, maxMessageBytes, signal } = request;
  const ws = new WebSocket(url, protocol, {
    // The connection is there already, to an address that was judged: nothing is resolved again.
    createConnection: () => socket,
    headers: { ...headers },
    handshakeTimeout: HANDSHAKE_LIMIT_MS,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
    followRedirects: false,
  });
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      ws.terminate();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    ws.on('message', (data: RawData, isBinary: boolean) => {
      if (isBinary) ws.close(1003);
      else request.onMessage(textOf(data));
    });
    ws.once('unexpected-response', (_sent, { statusCode = 0, headers: answered }) => {
      const get = (name: string): string | null => [answered[name]].flat()[0] ?? null;
      resolve({ status: statusCode, headers: { get } });
      ws.terminate();
    });
    ws.once('open', () => {
      signal.removeEventListener('abort', onAbort);
      const stopPinging = keepAlive(ws, pingEveryMs);
      ws.once('close', () => {
        stopPinging();
        request.onEnd();
      });
      resolve(openSocket(ws));
    });
    ws.on('error', (error: NodeJS.ErrnoException) => {
      signal.removeEventListener('abort', onAbort);
      reject(signal.aborted ? (signal.reason as Error) : failureOf(error));
    });
  });
}

const openSocket = (ws: WebSocket): OpenSocket => ({
  send: (text) =>
    new Promise((resolve, reject) => {
      if (ws.bufferedAmount > MAX_UNSENT_BYTES) ws.terminate();
      ws.send(text, (error) => {
        if (error instanceof Error) reject(failureOf(error));
        else resolve();
      });
    }),
  close: () => {
    ws.close(1000);
  },
});

/** A peer that answers no ping by the time of the next is gone, whatever TCP believes. */
function keepAlive(ws: WebSocket, everyMs: number): () => void {
  let isAlive = true;
  ws.on('pong', () => {
    isAlive = true;
  });
  const timer = setInterval(() => {
    if (!isAlive) ws.terminate();
    isAlive = false;
    ws.ping();
  }, everyMs).unref();
  return () => {
    clearInterval(timer);
  };
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data).toString('utf8');
}

const failureOf = (error: NodeJS.ErrnoException): OutboundFailure =>
  new OutboundFailure('tcp', error.code ?? 'ECONNRESET', { cause: error });
