import { type JsonObject } from '@app/kernel';
import { McpProtocolError, McpUnreachableError } from '../errors';
import {
  asMessage,
  failure,
  isCall,
  isFailure,
  isRequest,
  notification,
  request,
  type RpcMessage,
  type RpcResponse,
} from '../wire/json-rpc';
import { CLIENT_INFO, OLDER_VERSION, RPC } from '../wire/protocol';
import { dispatch, withProgressToken } from './answers';
import { type ChannelRequest, type Handshake, type RpcChannel } from './channel';
import { type HttpLink, type LinkAnswer } from './http-link';
import { readInitialize } from './older-channel';
import { rpcError } from './refusal';

interface Waiting {
  resolve(response: RpcResponse): void;
  reject(error: unknown): void;
  readonly onProgress: ((progress: JsonObject) => void) | undefined;
}

const MAX_WAITING = 1_000;
const FAREWELL_MS = 2_000;
/** Answers to a server's questions under way at once; it may ask without end. */
const MAX_FAREWELLS = 32;
const REOPEN_MS = 10_000;

/** HTTP+SSE of 2024-11-05: one stream carries every answer, each request is a POST of its own. */
export class SseChannel implements RpcChannel {
  readonly era = 'older';
  readonly transport = 'sse';
  onNotification: RpcChannel['onNotification'] = () => undefined;
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 1;
  private stream: AbortController | undefined;
  private postUrl = '';
  private about: Handshake | undefined;
  private opening: Promise<void> | undefined;
  private isClosed = false;
  private farewells = 0;

  private constructor(private readonly link: HttpLink) {}

  static async open(link: HttpLink, signal: AbortSignal): Promise<SseChannel> {
    const channel = new SseChannel(link);
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

  /** The one stream is always open. */
  async listen(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => {
        resolve();
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
      const params = { protocolVersion: OLDER_VERSION, capabilities: {}, clientInfo: CLIENT_INFO };
      const result = await this.ask('initialize', params, { signal });
      this.about = readInitialize(result, this.serverName);
      await this.post(notification('notifications/initialized'), signal);
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
        for await (const { event, data } of answer.events()) {
          if (event === 'endpoint') {
            this.postUrl = this.checkedEndpoint(data);
            this.stream = stream;
            resolve();
          } else if (event === 'message') this.take(data);
        }
      };
      const finish = (error: unknown): void => {
        reject(error instanceof Error ? error : this.broken('ended its event stream'));
        if (this.stream === stream) this.end(this.broken('ended its event stream'));
      };
      read().then(finish, finish);
    });
  }

  private async ask(method: string, params: JsonObject, options: ChannelRequest): Promise<JsonObject> {
    if (this.waiting.size >= MAX_WAITING) throw this.broken('has too many unanswered requests', false);
    const { signal, onProgress } = options;
    const id = this.nextId++;
    const answered = new Promise<RpcResponse>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject, onProgress });
      signal.addEventListener('abort', () => {
        reject(signal.reason instanceof Error ? signal.reason : this.broken('was given up'));
      });
    });
    answered.catch(() => undefined); // The POST below may fail first; its error is the one that is told.
    try {
      await this.post(request(id, method, withProgressToken(params, id, onProgress !== undefined)), signal);
      const response = await answered;
      if (isFailure(response)) throw rpcError(response, this.link.about);
      return response.result;
    } catch (error) {
      if (signal.aborted) this.tell(notification('notifications/cancelled', { requestId: id }));
      throw this.link.failureOf(error);
    } finally {
      this.waiting.delete(id);
    }
  }

  private take(data: string): void {
    let message: RpcMessage | undefined;
    try {
      message = asMessage(JSON.parse(data));
    } catch {
      // Not JSON: dropped like any other message that belongs to nobody.
      return;
    }
    if (message === undefined) return;
    if (!isCall(message)) {
      this.waiting.get(Number(message.id))?.resolve(message);
      return;
    }
    const token = isRequest(message) ? undefined : message.params?.progressToken;
    const onProgress = typeof token === 'number' ? this.waiting.get(token)?.onProgress : undefined;
    dispatch(message, typeof token === 'number' ? token : -1, {
      serverName: this.serverName,
      onProgress,
      onNotification: this.onNotification,
      onRequest: ({ id, method }) => {
        const refusal = failure(id, RPC.methodNotFound, `This client does not offer ${method}`);
        this.tell(method === 'ping' ? { jsonrpc: '2.0', id, result: {} } : refusal);
      },
    });
  }

  private async post(message: RpcMessage, signal: AbortSignal): Promise<void> {
    const body = JSON.stringify(message);
    const answer = await this.link.send({ method: 'POST', url: this.postUrl, body, signal });
    await answer.discard();
  }

  private tell(message: RpcMessage): void {
    if (this.farewells >= MAX_FAREWELLS) return;
    this.farewells += 1;
    void this.post(message, AbortSignal.timeout(FAREWELL_MS))
      .catch(() => undefined) // Nobody waits for it.
      .finally(() => {
        this.farewells -= 1;
      });
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
    for (const waiting of this.waiting.values()) waiting.reject(error);
    this.waiting.clear();
  }

  private broken(what: string, started = true): McpUnreachableError {
    return new McpUnreachableError(`"${this.serverName}" ${what}.`, 'http', { ...this.link.about, started });
  }

  private violation(what: string): McpProtocolError {
    return new McpProtocolError(`"${this.serverName}" broke the protocol: ${what}.`, 'mcp', this.link.about);
  }
}
