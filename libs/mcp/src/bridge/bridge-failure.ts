import { DomainError } from '@app/kernel';
import { McpError, McpProtocolError, StdioServerEndedError } from '../errors';
import { failure, type RpcId } from '../wire/json-rpc';
import { OUR_RPC, RPC } from '../wire/protocol';
import { type HttpReply } from './http-reply';
import { CallCancelledError } from './stdio-link';

const MS_PER_S = 1_000;
/** Nothing began, and it may be otherwise soon. */
const MEANS_LATER: ReadonlySet<string> = new Set(['unavailable', 'exhausted']);

/** Ends an answer with an error of ours. The status says what a client may do: only 503 means that nothing began. */
export function finishWithError(reply: HttpReply, id: RpcId | null, error: unknown): void {
  if (error instanceof CallCancelledError) {
    // Given up by its client, who expects nothing more.
    reply.end();
  } else if (error instanceof DomainError && MEANS_LATER.has(error.kind)) {
    finishLater(reply, id, error);
  } else {
    const isEnded = error instanceof StdioServerEndedError || error instanceof McpProtocolError;
    const code = isEnded ? OUR_RPC.serverEnded : RPC.internal;
    const reason = error instanceof DomainError ? error.code : 'internal_error';
    const words = error instanceof McpError ? error.message : 'The call could not be carried out';
    reply.finish(failure(id, code, words, { reason }), isEnded ? 502 : 500);
  }
}

function finishLater(
  reply: HttpReply,
  id: RpcId | null,
  { code, message, hint, retryAfterS = 1 }: DomainError,
): void {
  const data = { reason: code, ...(hint !== undefined && { hint }), retry_after_ms: retryAfterS * MS_PER_S };
  const headers = { 'Retry-After': String(retryAfterS) };
  reply.finish(failure(id, OUR_RPC.busy, message, data), 503, headers);
}
