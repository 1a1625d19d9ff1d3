import { type JsonObject } from '@app/kernel';
import { McpProtocolError, McpUnreachableError } from '../errors';
import { notification, parseMessage, type RpcMessage } from '../wire/json-rpc';
import { type ChannelRequest, type Handshake, type RpcChannel } from './channel';
import { type ClientSide } from './client-side';
import { type HttpLink, type LinkAnswer } from './http-link';
import { Multiplex } from './multiplex';
import { initializeParams, readInitialize } from './older-handshake';

const REOPEN_MS = 10_000;

/** HTTP+SSE of 2024-11-05: one stream carries every answer, each request is a POST of its own. */
export class SseChannel implements RpcChannel {
  readonly era = 'older';
  readonly transport = 'sse';
  onNotification: RpcChannel['onNotification'] = () => undefined;
  private readonly calls: Multiplex;
  private stream: AbortController | undefined;
  private postUrl = '';
  private about: Handshake | undefined;
  private opening: Promise<void> | undefined;
  private isClosed = false;

  private constructor(
    private readonly link: HttpLink,
    private readonly client: ClientSide,
  ) {
    this.calls = new Multiplex({
      serverName: link.options.serverName,
      client,
      send: (message, signal) => this.post(message, signal),
      onNotification: (message) => {
        this.onNotification(message);
      },
    });
  }

  static async open(link: HttpLink, client: ClientSide, signal: AbortSignal): Promise<SseChannel> {
    const channel = new SseChannel(link, client);
    try {
      await channel.start(signal);
      return channel;
    } catch (error) {
      await channel.close();
      throw link.failureOf(error);
    }
  }

  get url(): string {
    return this.link.options.url;
  }
  get serverName(): string {
    return this.link.options.serverName;
  }
  get handshake(): Handshake {
    if (this.about === undefined) throw new Error('the channel is not open');
    return this.about;
  }

  async request(method: string, params: JsonObject, options: ChannelRequest): Promise<JsonObject> {
    // A stream that ended in silence took no request with it: a new one is opened before this one is sent.
    if (this.stream === undefined) await this.reopen();
    return this.ask(method, params, options);
  }

  async notify(message: RpcMessage, signal: AbortSignal): Promise<void> {
    if (this.stream === undefined) await this.reopen();
    await this.post(message, signal).catch((error: unknown) => {
      throw this.link.failureOf(error);
    });
  }

  /** The one stream is always open. */
  listen(signal: AbortSignal): Promise<undefined> {
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        resolve(undefined);
      });
    });
  }

  close(): Promise<void> {
    this.isClosed = true;
    this.end(this.broken('was closed by us'));
    return Promise.resolve();
  }

  private reopen(): Promise<void> {
    this.opening ??= this.start(AbortSignal.timeout(REOPEN_MS)).finally(() => {
      this.opening = undefined;
    });
    return this.opening.catch((error: unknown) => {
      throw this.link.failureOf(error);
    });
  }

  private async start(signal: AbortSignal): Promise<void> {
    if (this.isClosed) throw this.broken('was closed by us');
    const stream = new AbortController();
    const onAbort = (): void => {
      stream.abort(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const answer = await this.link.send({ method: 'GET', signal: stream.signal });
      await this.follow(answer, stream);
      const result = await this.ask('initialize', initializeParams(this.client), { signal });
      this.about = readInitialize(result, this.serverName);
      await this.post(notification('notifications/initialized'), signal);
      await this.calls.retell(signal);
    } catch (error) {
      stream.abort();
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Resolves with the `endpoint` event; goes on reading until the stream ends. */
  private follow(answer: LinkAnswer, stream: AbortController): Promise<void> {
    if (!answer.isStream) throw this.violation('it did not open an event stream');
    return new Promise<void>((resolve, reject) => {
      const read = async (): Promise<void> => {
        await answer.readEvents(({ event, data }) => {
          if (event === 'endpoint') {
            this.postUrl = this.checkedEndpoint(data);
            this.stream = stream;
            resolve();
          } else if (event === 'message') this.take(data);
          return false;
        });
      };
      const finish = (error: unknown): void => {
        reject(error instanceof Error ? error : this.broken('ended its event stream'));
        if (this.stream === stream) this.end(this.broken('ended its event stream'));
      };
      read().then(finish, finish);
    });
  }

  private ask(method: string, params: JsonObject, options: ChannelRequest): Promise<JsonObject> {
    return this.calls.request(method, params, options).catch((error: unknown) => {
      throw this.link.failureOf(error);
    });
  }

  /** What is no message is dropped like any other that belongs to nobody. */
  private take(data: string): void {
    const message = parseMessage(data);
    if (message !== undefined) this.calls.take(message);
  }

  private async post(message: RpcMessage, signal: AbortSignal): Promise<void> {
    const body = JSON.stringify(message);
    const answer = await this.link.send({ method: 'POST', url: this.postUrl, body, signal });
    await answer.discard();
  }

  /** Credentials go to this address, so it may not lead anywhere else. */
  private checkedEndpoint(data: string): string {
    const target = URL.canParse(data, this.url) ? new URL(data, this.url) : undefined;
    if (target?.origin !== new URL(this.url).origin)
      throw this.violation('its stream names an address of another origin');
    return target.href;
  }

  private end(error: Error): void {
    this.stream?.abort();
    this.stream = undefined;
    this.calls.fail(error);
  }

  private broken(what: string): McpUnreachableError {
    return new McpUnreachableError(`"${this.serverName}" ${what}.`, 'http', this.link.about);
  }

  private violation(what: string): McpProtocolError {
    return new McpProtocolError(`"${this.serverName}" broke the protocol: ${what}.`, 'mcp', this.link.about);
  }
}
