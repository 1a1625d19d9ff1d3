import {
  McpError,
  McpProtocolError,
  type McpRequestRefusedError,
  McpTimeoutError,
  McpUnreachableError,
} from '../errors';
import { NEWER_VERSION, OLDER_VERSIONS, RPC } from '../wire/protocol';
import { type RpcChannel } from './channel';
import { type ClientSide, clientSideOf, type ClientSideOptions } from './client-side';
import { DeadlineError, withDeadline } from './deadline';
import { HttpLink, LinkRefusedError } from './http-link';
import { NewerChannel } from './newer-channel';
import { OlderChannel } from './older-channel';
import { RpcSession } from './rpc-session';
import {
  type McpAuth,
  type McpEra,
  type McpFetch,
  type McpSession,
  type McpSocketOpener,
  type McpTransport,
} from './session';
import { SocketChannel } from './socket-channel';
import { SseChannel } from './sse-channel';

export interface ConnectOptions extends ClientSideOptions {
  /** One address, or several of the same server: the first that answers is taken. */
  readonly url?: string;
  readonly urls?: readonly string[];
  /** Without it streamable HTTP is tried, then SSE; a ws(s) address says by itself what it is. */
  readonly transport?: McpTransport;
  readonly fetch: McpFetch;
  /** For ws(s) addresses; without it they are refused. */
  readonly openSocket?: McpSocketOpener;
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

const DEFAULT_TIMEOUT_MS = 30_000;
/** Silence on the first question of the newer era is the answer of some older servers. */
const DISCOVER_MS = 5_000;
const MAX_URLS = 8;
const SOCKET_URL = /^wss?:/i;

/** Finds out which era a server speaks and shakes hands with it. */
export async function connectMcp(options: ConnectOptions): Promise<McpSession> {
  const urls = (options.urls ?? [options.url ?? '']).slice(0, MAX_URLS);
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const endsAtMs = performance.now() + timeoutMs;
  const client = clientSideOf(options);
  const faults: unknown[] = [];
  for (const [index, url] of urls.entries()) {
    // What is left is shared by the addresses left, so that a silent one does not cost the others their turn.
    const shareMs = Math.max(1, (endsAtMs - performance.now()) / (urls.length - index));
    try {
      const channel = await openChannel({ ...options, url, client }, shareMs);
      return new RpcSession(channel, client, timeoutMs);
    } catch (error) {
      options.signal?.throwIfAborted();
      faults.push(error);
    }
  }
  // An address that answered says more than one that did not.
  const telling = faults.find((fault) => !(fault instanceof McpUnreachableError)) ?? faults[0];
  throw asError(telling ?? 'no address given');
}

type OneAddress = ConnectOptions & { readonly url: string; readonly client: ClientSide };

async function openChannel(options: OneAddress, timeoutMs: number): Promise<RpcChannel> {
  const { url, serverName = hostOf(url) } = options;
  const { fetch, headers = {}, auth } = options;
  const link = new HttpLink({ url, fetch, headers, auth, serverName });
  try {
    return await withDeadline<RpcChannel>(timeoutMs, options.signal, (signal) =>
      SOCKET_URL.test(url)
        ? SocketChannel.open({ ...link.options, open: opener(options), client: options.client }, signal)
        : negotiate(link, options, { signal, timeoutMs }),
    );
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw link.failureOf(error);
    const words = `"${serverName}" did not complete the handshake within ${Math.round(timeoutMs)} ms.`;
    throw new McpTimeoutError(words, 'timeout', { serverName, started: false });
  }
}

function opener({ openSocket, serverName = '' }: OneAddress): McpSocketOpener {
  if (openSocket !== undefined) return openSocket;
  const words = `"${serverName}" has a WebSocket address, and none can be opened here; give its HTTP address.`;
  throw new McpProtocolError(words, 'mcp', { serverName, started: false });
}

interface Time {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

async function negotiate(link: HttpLink, options: OneAddress, time: Time): Promise<RpcChannel> {
  const { client } = options;
  if (options.transport === 'sse') return SseChannel.open(link, client, time.signal);
  if (options.prefer !== 'older') {
    const newer = await tryNewer(link, client, time);
    if (newer !== undefined) return newer;
  }
  try {
    return await OlderChannel.open(link, client, time.signal);
  } catch (error) {
    if (options.prefer === 'older' && isSpeakerOfNewer(error))
      return NewerChannel.open(link, client, time.signal);
    if (options.transport !== undefined || !mayBeSse(error)) throw error;
    // The error of the newer transport is the one worth telling: it is the one that servers are expected to speak.
    return SseChannel.open(link, client, time.signal).catch(() => Promise.reject(asError(error)));
  }
}

/** undefined: the server does not speak the newer era, or nothing is known about it. */
async function tryNewer(
  link: HttpLink,
  client: ClientSide,
  { signal, timeoutMs }: Time,
): Promise<NewerChannel | undefined> {
  const limitMs = Math.min(DISCOVER_MS, timeoutMs / 2);
  try {
    return await withDeadline(limitMs, signal, (inner) => NewerChannel.open(link, client, inner));
  } catch (error) {
    signal.throwIfAborted();
    const offered = versionsOffered(error);
    // It refused the one revision that we have, and names it in the same breath: once more is worth a try.
    if (offered.includes(NEWER_VERSION)) return NewerChannel.open(link, client, signal);
    if (offered.some((version) => OLDER_VERSIONS.includes(String(version)))) return undefined;
    if (isNoVerdict(error) || isNewerError(error)) throw error;
    return undefined;
  }
}

function versionsOffered(error: unknown): readonly unknown[] {
  if (rpcCodeOf(error) !== RPC.unsupportedVersion) return [];
  const data: unknown =
    error instanceof LinkRefusedError ? error.body?.error.data : (error as McpRequestRefusedError).data;
  const { supported } = (data ?? {}) as { readonly supported?: unknown };
  return Array.isArray(supported) ? (supported as readonly unknown[]) : [];
}

const NEWER_CODES: readonly number[] = [RPC.headerMismatch, RPC.missingCapability, RPC.unsupportedVersion];

const rpcCodeOf = (error: unknown): number | undefined => {
  if (error instanceof LinkRefusedError) return error.body?.error.code;
  return error instanceof McpError && 'rpcCode' in error ? Number(error.rpcCode) : undefined;
};

/** Only servers of the newer era know these codes: it refuses us, but asking in the older era would be pointless. */
const isNewerError = (error: unknown): boolean => NEWER_CODES.includes(rpcCodeOf(error) ?? 0);

/** The `initialize` of a client that expected an older server, refused by one that is not. */
const isSpeakerOfNewer = (error: unknown): boolean =>
  isNewerError(error) || error instanceof McpProtocolError || rpcCodeOf(error) === RPC.methodNotFound;

/** Credentials, load and a dead network say nothing about the era: no second question is asked. */
function isNoVerdict(error: unknown): boolean {
  if (error instanceof LinkRefusedError) return [401, 403, 429, 503].includes(error.status);
  if (error instanceof DeadlineError) return false;
  if (error instanceof McpUnreachableError) return error.layer !== 'http';
  return !(error instanceof McpError);
}

const mayBeSse = (error: unknown): boolean =>
  error instanceof LinkRefusedError && [400, 404, 405, 415, 406].includes(error.status);

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : url);

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
