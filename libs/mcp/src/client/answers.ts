import { type JsonObject, type JsonValue } from '@app/kernel';
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
import { type ChannelRequest } from './channel';
import { rpcError } from './refusal';

/** More than any honest call has to say before its result. */
const MAX_MESSAGES_PER_ANSWER = 100_000;

export interface Surroundings {
  readonly serverName: string;
  /** For what belongs to the session and not to the call. */
  onNotification(message: RpcNotification): void;
  onRequest(message: RpcRequest): void;
}

/** Takes the messages of one answer until the one that belongs to our request. */
export class Answer {
  private result: JsonObject | undefined;
  private count = 0;

  constructor(
    readonly id: number,
    readonly call: CallEar,
    private readonly around: Surroundings,
  ) {}

  /** True when the result is here. Throws the server's error. */
  readonly take = (message: RpcMessage): boolean => {
    this.count += 1;
    if (this.count > MAX_MESSAGES_PER_ANSWER) throw this.violation('its answer does not end');
    if (isCall(message)) {
      if (isRequest(message)) this.around.onRequest(message);
      else if (!this.call.hear(message)) this.around.onNotification(message);
    } else if (isFailure(message)) {
      if (message.id === this.id || message.id === null) throw rpcError(message, this.around);
    } else if (message.id === this.id) {
      this.result = message.result;
      return true;
    }
    // An answer to something we did not ask here: dropped, it belongs to nobody.
    return false;
  };

  /** The result, once there is nothing more to read. */
  whole(): JsonObject {
    if (this.result !== undefined) return this.result;
    if (this.count === 0) throw this.violation('its answer is empty');
    throw this.cutShort();
  }

  cutShort(cause?: unknown): McpUnreachableError {
    const { serverName } = this.around;
    const words = `"${serverName}" ended its answer before the result.`;
    return new McpUnreachableError(words, 'http', { serverName, cause });
  }

  private violation(what: string): McpProtocolError {
    const { serverName } = this.around;
    return new McpProtocolError(`"${serverName}" broke the protocol: ${what}.`, 'mcp', { serverName });
  }
}

/** These concern the session, whichever stream they come on. */
const OF_SESSION: ReadonlySet<string> = new Set([
  'notifications/tools/list_changed',
  'notifications/resources/list_changed',
  'notifications/prompts/list_changed',
  'notifications/resources/updated',
  'notifications/cancelled',
  'notifications/elicitation/complete',
]);

/** What one call hears beside its result. */
export class CallEar {
  /** The caller's own token: the one on the wire is ours, because callers who share a session may choose the same. */
  private readonly token: JsonValue | undefined;

  constructor(
    private readonly id: RpcId,
    params: JsonObject,
    private readonly options: Pick<ChannelRequest, 'onProgress' | 'onNotification'>,
    /** The newer era has no session: all that comes on the stream of a call is meant for it. */
    private readonly ofSession: ReadonlySet<string> = OF_SESSION,
  ) {
    this.token = metaOf(params).progressToken;
  }

  /** With a progress token of ours, only when somebody listens. */
  tokened(params: JsonObject): JsonObject {
    if (this.options.onProgress === undefined && this.token === undefined) return params;
    return { ...params, _meta: { ...metaOf(params), progressToken: this.id } };
  }

  /** False for what is not the call's. */
  hear(message: RpcNotification): boolean {
    const { onNotification } = this.options;
    if (message.method === 'notifications/progress') return this.hearProgress(message);
    if (onNotification === undefined || this.ofSession.has(message.method)) return false;
    onNotification(message);
    return true;
  }

  private hearProgress(message: RpcNotification): boolean {
    const { params = {} } = message;
    if (params.progressToken !== this.id) return false;
    this.options.onProgress?.(params);
    if (this.token !== undefined)
      this.options.onNotification?.({ ...message, params: { ...params, progressToken: this.token } });
    return true;
  }
}
