import { type JsonObject } from '@app/kernel';
import { McpProtocolError } from '../errors';
import { isObject, type RpcId, type RpcNotification } from '../wire/json-rpc';
import { cut } from './refusal';
import {
  type AskClient,
  type McpEra,
  type McpPassing,
  type McpServerInfo,
  type McpTransport,
  type PassedResult,
} from './session';

export interface ChannelRequest {
  readonly signal: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
  readonly onProgress?: ((progress: JsonObject) => void) | undefined;
  readonly onNotification?: ((message: RpcNotification) => void) | undefined;
  readonly onRequest?: AskClient | undefined;
  /** Told the id of the message; another one where it is sent again. */
  readonly onSent?: (id: RpcId) => void;
}

export interface Handshake {
  readonly protocolVersion: string;
  readonly serverInfo: McpServerInfo;
  readonly capabilities: JsonObject;
  readonly instructions: string | undefined;
}

/** A channel that can give results on unread. */
export interface Passer {
  pass(method: string, params: JsonObject, listener: PasserListener): Pick<McpPassing, 'abort'>;
}

export interface PasserListener {
  onResult(result: PassedResult): boolean;
  onOther(rest: (options: ChannelRequest) => Promise<JsonObject>): void;
}

/** One way to exchange messages with a server: what differs between eras and transports is below this line. */
export interface RpcChannel {
  readonly era: McpEra;
  readonly transport: McpTransport;
  readonly url: string;
  readonly serverName: string;
  readonly handshake: Handshake;
  /** Called for what the server says without being asked. */
  onNotification: (message: RpcNotification) => void;
  /** The result, whole. Throws `McpError`s, or whatever the signal was aborted with. */
  request(method: string, params: JsonObject, options: ChannelRequest): Promise<JsonObject>;
  /** Where results can be given on unread. */
  readonly passer?: Passer | undefined;
  /** Settles when the server has taken it. */
  notify(message: RpcNotification, signal: AbortSignal): Promise<void>;
  /**
   * Listens for notifications until the signal is aborted or the server ends the stream. The answer is how long the
   * server wants us to wait before we listen again.
   */
  listen(signal: AbortSignal): Promise<number | undefined>;
  close(): Promise<void>;
}

/** Takes from a handshake what we use, and checks it: everything in it was written by a stranger. */
export function readHandshake(
  result: JsonObject,
  serverInfo: unknown,
  protocolVersion: string,
  serverName: string,
): Handshake {
  if (!isObject(result.capabilities))
    throw new McpProtocolError(
      `"${serverName}" broke the protocol: its handshake names no capabilities.`,
      'mcp',
      {
        serverName,
      },
    );
  return {
    protocolVersion,
    capabilities: result.capabilities,
    serverInfo: readServerInfo(serverInfo),
    instructions: typeof result.instructions === 'string' ? result.instructions : undefined,
  };
}

export function readServerInfo(value: unknown): McpServerInfo {
  const info = isObject(value) ? value : {};
  const text = (member: unknown): string => (typeof member === 'string' ? cut(member) : '');
  return {
    name: text(info.name),
    version: text(info.version),
    ...(typeof info.title === 'string' ? { title: text(info.title) } : {}),
  };
}
