import { type JsonObject } from '@app/kernel';
import { McpProtocolError } from '../errors';
import { encodeHeaderValue } from '../wire/header-value';
import { isObject, metaOf, request, type RpcRequest } from '../wire/json-rpc';
import { CLIENT_INFO, HEADER, META, namedMember, NEWER_VERSION } from '../wire/protocol';
import { awaitAnswer, withProgressToken } from './answers';
import { type ChannelRequest, type Handshake, readHandshake, type RpcChannel } from './channel';
import { type HttpLink } from './http-link';

/** Requests that stand alone: there is no session to lose. */
export class NewerChannel implements RpcChannel {
  readonly era = 'newer';
  readonly transport = 'streamable-http';
  onNotification: RpcChannel['onNotification'] = () => undefined;
  private nextId = 1;

  private constructor(
    private readonly link: HttpLink,
    readonly handshake: Handshake,
  ) {}

  /** Throws what the link throws: the caller reads the era from it. */
  static async open(link: HttpLink, signal: AbortSignal): Promise<NewerChannel> {
    const result = await send(link, 0, 'server/discover', {}, { signal, onNotification: () => undefined });
    return new NewerChannel(link, readDiscover(result, link.options.serverName));
  }

  get url(): string {
    return this.link.options.url;
  }
  get serverName(): string {
    return this.link.options.serverName;
  }

  async request(method: string, params: JsonObject, options: ChannelRequest): Promise<JsonObject> {
    const { onNotification } = this;
    try {
      const result = await send(this.link, this.nextId++, method, params, { ...options, onNotification });
      return this.complete(result);
    } catch (error) {
      throw this.link.failureOf(error);
    }
  }

  /** One `subscriptions/listen` for every list that can change. */
  async listen(signal: AbortSignal): Promise<void> {
    const notifications = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true };
    await this.request('subscriptions/listen', { notifications }, { signal });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private complete(result: JsonObject): JsonObject {
    const { resultType } = result;
    // Absent means complete. We declare no capability, so there is nothing that we could be asked for.
    if (resultType === undefined || resultType === 'complete') return result;
    const { serverName } = this;
    const words = typeof resultType === 'string' ? resultType.slice(0, 40) : 'something else';
    throw new McpProtocolError(`"${serverName}" answered "${words}", which was not offered to it.`, 'mcp', {
      serverName,
    });
  }
}

interface SendOptions extends ChannelRequest {
  readonly onNotification: RpcChannel['onNotification'];
}

async function send(
  link: HttpLink,
  id: number,
  method: string,
  params: JsonObject,
  { signal, headers, onProgress, onNotification }: SendOptions,
): Promise<JsonObject> {
  const message = request(id, method, withProgressToken(standAlone(params), id, onProgress !== undefined));
  const answer = await link.send({
    method: 'POST',
    headers: { ...standardHeaders(message), ...headers },
    body: JSON.stringify(message),
    signal,
  });
  // Servers of this era send no requests; one that does gets no answer.
  const onRequest = (): void => undefined;
  return awaitAnswer(answer.messages(), id, {
    serverName: link.options.serverName,
    onProgress,
    onNotification,
    onRequest,
  });
}

const standAlone = (params: JsonObject): JsonObject => ({
  ...params,
  _meta: {
    ...metaOf(params),
    [META.version]: NEWER_VERSION,
    [META.clientCapabilities]: {},
    [META.clientInfo]: CLIENT_INFO,
  },
});

/** The headers that repeat what the body says. */
export function standardHeaders({ method, params }: RpcRequest): Record<string, string> {
  const member = namedMember(method);
  const name = member === undefined ? undefined : params?.[member];
  return {
    [HEADER.version]: NEWER_VERSION,
    [HEADER.method]: method,
    ...(typeof name === 'string' ? { [HEADER.name]: encodeHeaderValue(name) } : {}),
  };
}

export function readDiscover(result: JsonObject, serverName: string): Handshake {
  const { supportedVersions } = result;
  if (!Array.isArray(supportedVersions) || !supportedVersions.includes(NEWER_VERSION))
    throw new McpProtocolError(`"${serverName}" speaks no revision that we know.`, 'mcp', { serverName });
  const meta = isObject(result._meta) ? result._meta : {};
  return readHandshake(result, meta[META.serverInfo], NEWER_VERSION, serverName);
}
