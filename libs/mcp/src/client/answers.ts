import { type JsonObject } from '@app/kernel';
import { McpProtocolError, McpUnreachableError } from '../errors';
import {
  isCall,
  isFailure,
  isRequest,
  metaOf,
  type RpcId,
  type RpcMessage,
  type RpcNotification,
  type RpcRequest,
} from '../wire/json-rpc';
import { rpcError } from './refusal';

export interface AnswerHandlers {
  readonly serverName: string;
  readonly onProgress?: ((progress: JsonObject) => void) | undefined;
  onNotification(message: RpcNotification): void;
  onRequest(message: RpcRequest): void;
}

/** More than any honest call has to say before its result. */
const MAX_MESSAGES_PER_ANSWER = 100_000;

/** Reads the messages of one answer until the one that belongs to our request. */
export async function awaitAnswer(
  messages: AsyncIterable<RpcMessage>,
  id: RpcId,
  handlers: AnswerHandlers,
): Promise<JsonObject> {
  const about = { serverName: handlers.serverName };
  let count = 0;
  for await (const message of messages) {
    count += 1;
    if (count > MAX_MESSAGES_PER_ANSWER) break;
    if (isCall(message)) {
      dispatch(message, id, handlers);
    } else if (isFailure(message) && (message.id === id || message.id === null)) {
      throw rpcError(message, about);
    } else if (message.id === id && 'result' in message) {
      return message.result;
    }
    // An answer to something we did not ask here: dropped, it belongs to nobody.
  }
  if (count === 0)
    throw new McpProtocolError(
      `"${about.serverName}" broke the protocol: its answer is empty.`,
      'mcp',
      about,
    );
  throw new McpUnreachableError(`"${about.serverName}" ended its answer before the result.`, 'http', about);
}

export function dispatch(message: RpcRequest | RpcNotification, id: RpcId, handlers: AnswerHandlers): void {
  if (isRequest(message)) {
    handlers.onRequest(message);
    return;
  }
  const isOurProgress = message.method === 'notifications/progress' && message.params?.progressToken === id;
  if (isOurProgress) handlers.onProgress?.(message.params ?? {});
  else handlers.onNotification(message);
}

/** `_meta` with a progress token, only when somebody listens. */
export function withProgressToken(params: JsonObject, id: RpcId, wanted: boolean): JsonObject {
  if (!wanted) return params;
  return { ...params, _meta: { ...metaOf(params), progressToken: id } };
}
