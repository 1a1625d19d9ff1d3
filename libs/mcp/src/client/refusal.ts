import {
  McpAuthenticationError,
  McpBusyError,
  type McpError,
  type McpErrorOptions,
  McpProtocolError,
  McpRequestRefusedError,
  McpUnreachableError,
} from '../errors';
import { type RpcFailure } from '../wire/json-rpc';
import { RPC } from '../wire/protocol';

/** Longer waits are not believed: the next look would come sooner anyway. */
const MAX_RETRY_AFTER_S = 3600;
const DEFAULT_RETRY_AFTER_S = 1;
/** Words of a server are shown, so they are cut. */
const MAX_WORDS = 500;

export interface Refusal {
  readonly status: number;
  readonly body: RpcFailure | undefined;
  readonly retryAfter: string | null;
}

/** What an HTTP status outside 2xx says about a request. */
export function refusalError(refusal: Refusal, about: McpErrorOptions): McpError {
  const { status, body } = refusal;
  const name = `"${about.serverName}"`;
  if (status === 401 || status === 403)
    return new McpAuthenticationError(`${name} refused our credentials (status ${status}).`, 'auth', {
      ...about,
      started: false,
    });
  if (status === 429 || status === 503) return busy(refusal, about);
  if (status >= 300 && status < 400)
    return new McpProtocolError(`${name} redirects; redirects of MCP endpoints are not followed.`, 'http', {
      ...about,
      started: false,
    });
  if (status >= 500) return broken(refusal, about);
  if (body !== undefined) return rpcError(body, about);
  return new McpProtocolError(`${name} answered with status ${status}.`, 'http', {
    ...about,
    started: false,
  });
}

function busy({ status, body, retryAfter }: Refusal, about: McpErrorOptions): McpError {
  const words = body === undefined ? '' : `: ${cut(body.error.message)}`;
  return new McpBusyError(`"${about.serverName}" takes no requests now (status ${status})${words}`, 'http', {
    ...about,
    started: false,
    retryAfterS: retryAfterS(retryAfter),
  });
}

function broken({ status, body }: Refusal, about: McpErrorOptions): McpError {
  const words = body === undefined ? '' : `: ${cut(body.error.message)}`;
  return new McpUnreachableError(`"${about.serverName}" failed with status ${status}${words}`, 'http', about);
}

export function rpcError({ error }: RpcFailure, about: McpErrorOptions): McpRequestRefusedError {
  const message = `"${about.serverName}" refused: ${cut(error.message)}`;
  return new McpRequestRefusedError(message, error.code, about, error.data, error.message);
}

/** `Retry-After` as seconds or as a date. */
export function retryAfterS(header: string | null, nowMs = Date.now()): number {
  if (header === null) return DEFAULT_RETRY_AFTER_S;
  const seconds = /^\d{1,9}$/.test(header.trim())
    ? Number(header)
    : Math.ceil((Date.parse(header) - nowMs) / 1000);
  if (!Number.isFinite(seconds)) return DEFAULT_RETRY_AFTER_S;
  return Math.min(Math.max(seconds, DEFAULT_RETRY_AFTER_S), MAX_RETRY_AFTER_S);
}

/** One line, of bounded length, without control characters: an error of a server must not forge ours. */
export const cut = (words: string): string => {
  const line = words.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return line.length > MAX_WORDS ? `${line.slice(0, MAX_WORDS)}…` : line;
};

/** Servers say it with different codes and words; the older packages even answer with -32602 or -32601. */
export const isUnknownTool = (error: unknown): boolean =>
  error instanceof McpRequestRefusedError &&
  (error.rpcCode === RPC.invalidParams || error.rpcCode === RPC.methodNotFound) &&
  /\btool\b/i.test(error.message) &&
  /\b(unknown|not found|does not exist|no such)\b/i.test(error.message);
