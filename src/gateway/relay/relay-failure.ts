import { DomainError } from '@app/kernel';
import {
  McpError,
  McpProtocolError,
  McpTimeoutError,
  networkError,
  refusalError,
  type ScannedMessage,
} from '@app/mcp';
import { outboundFailure } from '@app/security';
import { CallOutcomeUnknownError, CallTimedOutError } from '../domain/gateway.errors';
import { type CallOutcome } from '../records/call-record';
import { isOutage } from '../upstream/failures';
import { EventTooLongError } from './event-framer';

/** What a request was, in words for its caller. */
export interface Asked {
  readonly serverName: string;
  readonly method: string | undefined;
  readonly name: string | undefined;
}

/** The connection failed, or what came over it. */
export function failureOf(error: unknown, { serverName }: Asked, started: boolean): Error {
  if (error instanceof DomainError) return error;
  if (error instanceof EventTooLongError) return broken(serverName, error.message);
  return networkError(outboundFailure(error), { serverName, started });
}

export const broken = (serverName: string, what: string): McpProtocolError =>
  new McpProtocolError(`"${serverName}" broke the protocol: ${what}.`, 'mcp', { serverName });

/** An answer that is none of the protocol, by its status. */
export function refusalOf({ serverName }: Asked, status: number, retryAfter: unknown): Error {
  if (status < 300) return broken(serverName, 'its answer is no JSON-RPC message for this request');
  const header = typeof retryAfter === 'string' ? retryAfter : null;
  return refusalError({ status, body: undefined, retryAfter: header }, { serverName });
}

export function timedOut({ serverName, method, name }: Asked, limitMs: number, started: boolean): Error {
  if (method !== 'tools/call') {
    const words = `"${serverName}" did not answer ${method ?? 'a message'} within ${limitMs} ms.`;
    return new McpTimeoutError(words, 'timeout', { serverName, started });
  }
  const about = { limitMs, mayHaveRun: started, cause: undefined };
  return new CallTimedOutError(serverName, name ?? 'a tool', about);
}

/** For the caller of a tool that may have run, the one thing that matters is that nobody knows. */
export function toldAs(error: Error, { serverName, method, name }: Asked): Error {
  const mayHaveRun = method === 'tools/call' && isOutage(error) && error instanceof McpError && error.started;
  return mayHaveRun ? new CallOutcomeUnknownError(serverName, name ?? 'a tool', error.layer, error) : error;
}

const OK = 200;

/**
 * A request that may have run is answered under 200: an error status invites proxies and clients to send it again.
 * undefined: the status that belongs to the error.
 */
export function statusOfFailure(
  error: Error,
  { kind }: ScannedMessage,
  started: boolean,
): number | undefined {
  const mayHaveRun = error instanceof McpError ? error.started : started;
  return kind === 'request' && mayHaveRun ? OK : undefined;
}

export const outcomeOf = (error: unknown): CallOutcome => {
  if (error instanceof DomainError && error.kind === 'timeout') return 'timeout';
  return error instanceof DomainError && error.kind === 'not_found' ? 'refused' : 'failed';
};

export const codeOf = (error: unknown): string =>
  error instanceof DomainError ? error.code : 'internal_error';
