import { type JsonObject } from '@app/kernel';
import { McpError, McpUnreachableError } from '../errors';
import { readChallenge } from '../wire/challenge';
import { notification, parseMessage, type RpcMessage } from '../wire/json-rpc';
import { MAX_MESSAGE_BYTES } from '../wire/protocol';
import { type ChannelRequest, type Handshake, type RpcChannel } from './channel';
import { type ClientSide } from './client-side';
import { LinkRefusedError } from './http-link';
import { Multiplex } from './multiplex';
import { networkError } from './network-error';
import { initializeParams, readInitialize } from './older-handshake';
import { refusalError } from './refusal';
import { type McpAuth, type McpSocket, type McpSocketOpener, type McpSocketRefusal } from './session';

export interface SocketOptions {
  readonly url: string;
  readonly open: McpSocketOpener;
  readonly headers: Readonly<Record<string, string>>;
  readonly auth: McpAuth | undefined;
  readonly serverName: string;
  readonly client: ClientSide;
}

const SUBPROTOCOL = 'mcp';
const REOPEN_MS = 10_000;

/** The older era over one WebSocket: a message is a text frame, in both directions. */
export class SocketChannel implements RpcChannel {
  readonly era = 'older';
  readonly transport = 'websocket';
  onNotification: RpcChannel['onNotification'] = () => undefined;
  private readonly calls: Multiplex;
  private socket: McpSocket | undefined;
  private about: Handshake | undefined;
  private opening: Promise<void> | undefined;
  private isClosed = false;

  private constructor(private readonly options: SocketOptions) {
    this.calls = new Multiplex({
      serverName: options.serverName,
      client: options.client,
      send: (message) => this.post(message),
      onNotification: (message) => {
        this.onNotification(message);
      },
    });
  }

  static async open(options: SocketOptions, signal: AbortSignal): Promise<SocketChannel> {
    const channel = new SocketChannel(options);
    try {
      await channel.start(signal);
      return channel;
    } catch (error) {
      await channel.close();
      throw channel.failureOf(error, signal);
    }
  }

  get url(): string {
    return this.options.url;
  }
  get serverName(): string {
    return this.options.serverName;
  }
  get handshake(): Handshake {
    if (this.about === undefined) throw new Error('the channel is not open');
    return this.about;
  }

  async request(method: string, params: JsonObject, options: ChannelRequest): Promise<JsonObject> {
    // A socket that ended in silence took no request with it: a new one is opened before this one is sent.
    if (this.socket === undefined) await this.reopen();
    return this.calls.request(method, params, options);
  }

  async notify(message: RpcMessage): Promise<void> {
    if (this.socket === undefined) await this.reopen();
    await this.post(message);
  }

  /** What the server says arrives as long as the socket is open. */
  listen(signal: AbortSignal): Promise<undefined> {
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        resolve(undefined);
      });
    });
  }

  close(): Promise<void> {
    this.isClosed = true;
    this.end('was closed by us');
    return Promise.resolve();
  }

  private reopen(): Promise<void> {
    const signal = AbortSignal.timeout(REOPEN_MS);
    this.opening ??= this.start(signal).finally(() => {
      this.opening = undefined;
    });
    return this.opening.catch((error: unknown) => {
      throw this.failureOf(error, signal);
    });
  }

  private async start(signal: AbortSignal): Promise<void> {
    if (this.isClosed) throw this.broken('was closed by us', false);
    this.socket = await this.connect(signal);
    const params = initializeParams(this.options.client);
    const result = await this.calls.request('initialize', params, { signal });
    this.about = readInitialize(result, this.serverName);
    await this.post(notification('notifications/initialized'));
    await this.calls.retell(signal);
  }

  /** The credentials go with the opening; refused ones are renewed once. */
  private async connect(signal: AbortSignal): Promise<McpSocket> {
    const { auth } = this.options;
    const authorization = await auth?.authorization(signal);
    const first = await this.attempt(authorization, signal);
    if ('send' in first) return first;
    const challenge = readChallenge(first.status, first.headers.get('www-authenticate'));
    const renewed = first.status === 401 ? await auth?.renew(authorization, challenge) : undefined;
    const again = renewed === undefined ? first : await this.attempt(renewed, signal);
    if ('send' in again) return again;
    throw new LinkRefusedError(again.status, undefined, again.headers.get('retry-after'));
  }

  private attempt(
    authorization: string | undefined,
    signal: AbortSignal,
  ): Promise<McpSocket | McpSocketRefusal> {
    const { url, open, headers } = this.options;
    let socket: McpSocket | McpSocketRefusal | undefined;
    const opening = open(url, {
      headers: authorization === undefined ? headers : { ...headers, authorization },
      protocol: SUBPROTOCOL,
      maxMessageBytes: MAX_MESSAGE_BYTES,
      signal,
      onMessage: (text) => {
        const message = parseMessage(text);
        // What is no message is dropped like any other that belongs to nobody.
        if (message !== undefined) this.calls.take(message);
      },
      onEnd: () => {
        if (socket === this.socket) this.end('closed its WebSocket');
      },
    });
    return opening.then((opened) => {
      socket = opened;
      return opened;
    });
  }

  private async post(message: RpcMessage): Promise<void> {
    const { socket } = this;
    if (socket === undefined) throw this.broken('closed its WebSocket', false);
    await socket.send(JSON.stringify(message)).catch((error: unknown) => {
      throw networkError(error, { serverName: this.serverName });
    });
  }

  private end(what: string): void {
    const { socket } = this;
    this.socket = undefined;
    socket?.close();
    this.calls.fail(this.broken(what, true));
  }

  private failureOf(error: unknown, signal: AbortSignal): unknown {
    const about = { serverName: this.serverName };
    if (error instanceof LinkRefusedError) return refusalError(error, about);
    return error instanceof McpError || signal.aborted ? error : networkError(error, about);
  }

  private broken(what: string, started: boolean): McpUnreachableError {
    const { serverName } = this;
    return new McpUnreachableError(`"${serverName}" ${what}.`, 'http', { serverName, started });
  }
}
