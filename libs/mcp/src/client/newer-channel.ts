import { type JsonObject } from '@app/kernel';
import { McpProtocolError } from '../errors';
import { encodeHeaderValue } from '../wire/header-value';
import { isObject, metaOf, request, type RpcRequest } from '../wire/json-rpc';
import { HEADER, META, namedMember, NEWER_VERSION } from '../wire/protocol';
import { Answer, CallEar } from './answers';
import { type ChannelRequest, type Handshake, readHandshake, type RpcChannel } from './channel';
import { type ClientSide } from './client-side';
import { type HttpLink } from './http-link';

const NOTHING: ReadonlySet<string> = new Set();
const LISTS: JsonObject = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true };

/** Requests that stand alone: there is no session to lose. */
export class NewerChannel implements RpcChannel {
  readonly era = 'newer';
  readonly transport = 'streamable-http';
  onNotification: RpcChannel['onNotification'] = () => undefined;
  private nextId = 1;
  private about: Handshake | undefined;

  private constructor(
    private readonly link: HttpLink,
    private readonly client: ClientSide,
  ) {}

  /** Throws what the link throws: the caller reads the era from it. */
  static async open(link: HttpLink, client: ClientSide, signal: AbortSignal): Promise<NewerChannel> {
    const channel = new NewerChannel(link, client);
    const result = await channel.send('server/discover', {}, { signal });
    channel.about = readDiscover(result, link.options.serverName);
    return channel;
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
    try {
      return await this.send(method, params, options);
    } catch (error) {
      throw this.link.failureOf(error);
    }
  }

  /** This era has no notifications of clients over HTTP. */
  notify(): Promise<void> {
    return Promise.resolve();
  }

  /** One `subscriptions/listen` for every list that can change. */
  async listen(signal: AbortSignal): Promise<undefined> {
    await this.request('subscriptions/listen', { notifications: LISTS }, { signal });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private async send(method: string, params: JsonObject, options: ChannelRequest): Promise<JsonObject> {
    const id = this.nextId++;
    options.onSent?.(id);
    const ear = new CallEar(id, params, options, NOTHING);
    const message = request(id, method, this.standAlone(ear.tokened(params)));
    const reply = await this.link.send({
      method: 'POST',
      headers: { ...standardHeaders(message), ...options.headers },
      body: JSON.stringify(message),
      signal: options.signal,
    });
    const answer = new Answer(id, ear, {
      serverName: this.serverName,
      onNotification: (heard) => {
        this.onNotification(heard);
      },
      // Servers of this era send no requests; one that does gets no answer.
      onRequest: () => undefined,
    });
    await reply.read(answer.take);
    return answer.whole();
  }

  /** The caller's `_meta` may name other capabilities than the connection's: it speaks for one client of many. */
  private standAlone(params: JsonObject): JsonObject {
    return {
      ...params,
      _meta: {
        [META.clientCapabilities]: this.client.capabilities,
        [META.clientInfo]: this.client.info,
        ...metaOf(params),
        [META.version]: NEWER_VERSION,
      },
    };
  }
}

/** The headers that repeat what the body says. */
export function standardHeaders({ method, params }: RpcRequest): Record<string, string> {
  const member = namedMember(method);
  const name = member === undefined ? undefined : params?.[member];
  const headers: Record<string, string> = { [HEADER.version]: NEWER_VERSION, [HEADER.method]: method };
  if (typeof name === 'string') headers[HEADER.name] = encodeHeaderValue(name);
  return headers;
}

export function readDiscover(result: JsonObject, serverName: string): Handshake {
  const { supportedVersions } = result;
  if (!Array.isArray(supportedVersions) || !supportedVersions.includes(NEWER_VERSION))
    throw new McpProtocolError(`"${serverName}" speaks no revision that we know.`, 'mcp', { serverName });
  const meta = isObject(result._meta) ? result._meta : {};
  return readHandshake(result, meta[META.serverInfo], NEWER_VERSION, serverName);
}
