import { DomainError } from '@app/kernel';
import { BridgeBusyError, McpError, McpProtocolError, StdioServerEndedError } from '../errors';
import { failure, type RpcId } from '../wire/json-rpc';
import { OUR_RPC, RPC } from '../wire/protocol';
import { type HttpReply } from './http-reply';
import { CallCancelledError } from './stdio-link';

/** Ends an answer with an error of ours. The status says what a client may do: only 503 means that nothing began. */
export function finishWithError(reply: HttpReply, id: RpcId, error: unknown): void {
  if (error instanceof CallCancelledError) {
    // Given up by its client, who expects nothing more.
    reply.end();
    return;
  }
  if (error instanceof BridgeBusyError) {
    const data = { reason: error.code, retry_after_ms: 1_000 };
    reply.finish(failure(id, OUR_RPC.busy, error.message, data), 503, { 'Retry-After': '1' });
    return;
  }
  const isEnded = error instanceof StdioServerEndedError || error instanceof McpProtocolError;
  const code = isEnded ? OUR_RPC.serverEnded : RPC.internal;
  const reason = error instanceof DomainError ? error.code : 'internal_error';
  const words = error instanceof McpError ? error.message : 'The call could not be carried out';
  reply.finish(failure(id, code, words, { reason }), isEnded ? 502 : 500);
}
