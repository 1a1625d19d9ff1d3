import { type JsonObject } from '@app/kernel';
import { McpProtocolError } from '../errors';
import { failure, notification, request, type RpcMessage, type RpcRequest } from '../wire/json-rpc';
import {
  CLIENT_INFO,
  HEADER,
  OLDER_VERSION,
  OLDER_VERSIONS,
  RPC,
  SESSION_ID_PATTERN,
} from '../wire/protocol';
import { awaitAnswer, withProgressToken } from './answers';
import { type ChannelRequest, type Handshake, readHandshake, type RpcChannel } from './channel';
import { type HttpLink, LinkRefusedError } from './http-link';

interface OlderSession {
  readonly id: string | undefined;
  readonly handshake: Handshake;
}

/** Messages that nobody waits for (cancellations, refusals, the end of a session) get this long. */
const FAREWELL_MS = 2_000;
/** So many of them at once: a server that asks without end is not answered without end. */
const MAX_FAREWELLS = 32;
const HEAL_MS = 10_000;

/** Sessions over streamable HTTP. A session that the server lost is begun anew, once per loss, for all callers. */
export class OlderChannel implements RpcChannel {
  readonly era = 'older';
  readonly transport = 'streamable-http';
  onNotification: RpcChannel['onNotification'] = () => undefined;
  private nextId = 1;
  private healing: Promise<void> | undefined;
  private farewells = 0;

  private constructor(
    private readonly link: HttpLink,
    private session: OlderSession,
  ) {}

  static async open(link: HttpLink, signal: AbortSignal): Promise<OlderChannel> {
    return new OlderChannel(link, await initialize(link, signal));
  }

  get url(): string {
    return this.link.options.url;
  }
  get serverName(): string {
    return this.link.options.serverName;
  }
  get handshake(): Handshake {
    return this.session.handshake;
  }

  async request(method: string, params: JsonObject, options: ChannelRequest): Promise<JsonObject> {
    const session = this.session;
    try {
      return await this.attempt(session, method, params, options);
    } catch (error) {
      if (!lostSession(error, session)) throw this.link.failureOf(error);
      await this.heal(session);
      return await this.attempt(this.session, method, params, options).catch((again: unknown) => {
        throw this.link.failureOf(again);
      });
    }
  }

  async listen(signal: AbortSignal): Promise<void> {
    const { session } = this;
    try {
      const answer = await this.link.send({ method: 'GET', headers: headersOf(session), signal });
      for await (const message of answer.messages()) {
        if ('method' in message && 'id' in message) this.refuse(message);
        else if ('method' in message) this.onNotification(message);
      }
    } catch (error) {
      if (lostSession(error, session)) await this.heal(session);
      else throw this.link.failureOf(error);
    }
  }

  async close(): Promise<void> {
    if (this.session.id === undefined) return;
    await this.link
      .send({ method: 'DELETE', headers: headersOf(this.session), signal: AbortSignal.timeout(FAREWELL_MS) })
      .catch(() => undefined); // A session that could not be ended expires by itself.
  }

  private async attempt(
    session: OlderSession,
    method: string,
    params: JsonObject,
    options: ChannelRequest,
  ): Promise<JsonObject> {
    const id = this.nextId++;
    const message = request(id, method, withProgressToken(params, id, options.onProgress !== undefined));
    try {
      const answer = await this.link.send({
        method: 'POST',
        headers: { ...headersOf(session), ...options.headers },
        body: JSON.stringify(message),
        signal: options.signal,
      });
      return await awaitAnswer(answer.messages(), id, {
        serverName: this.serverName,
        onProgress: options.onProgress,
        onNotification: (heard) => {
          this.onNotification(heard);
        },
        onRequest: (asked) => {
          this.refuse(asked);
        },
      });
    } catch (error) {
      // Closing the connection is no cancellation in this era: the server is told, so that it can stop.
      if (options.signal.aborted) this.tell(notification('notifications/cancelled', { requestId: id }));
      throw error;
    }
  }

  private heal(lost: OlderSession): Promise<void> {
    if (this.session !== lost) return Promise.resolve();
    // With a time limit of its own: the caller who met the loss first may give up while others still wait for it.
    this.healing ??= initialize(this.link, AbortSignal.timeout(HEAL_MS))
      .then((session) => {
        this.session = session;
      })
      .finally(() => {
        this.healing = undefined;
      });
    return this.healing;
  }

  /** We offer nothing that a server could ask for; only `ping` has an answer. */
  private refuse({ id, method }: RpcRequest): void {
    const answer: RpcMessage =
      method === 'ping'
        ? { jsonrpc: '2.0', id, result: {} }
        : failure(id, RPC.methodNotFound, `This client does not offer ${method}`);
    this.tell(answer);
  }

  private tell(message: RpcMessage): void {
    if (this.farewells >= MAX_FAREWELLS) return;
    this.farewells += 1;
    void this.link
      .send({
        method: 'POST',
        headers: headersOf(this.session),
        body: JSON.stringify(message),
        signal: AbortSignal.timeout(FAREWELL_MS),
      })
      .then((answer) => answer.discard())
      .catch(() => undefined) // Best effort: nobody waits for it, and the server may be what is broken.
      .finally(() => {
        this.farewells -= 1;
      });
  }
}

async function initialize(link: HttpLink, signal: AbortSignal): Promise<OlderSession> {
  const params = { protocolVersion: OLDER_VERSION, capabilities: {}, clientInfo: CLIENT_INFO };
  const body = JSON.stringify(request(0, 'initialize', params));
  const answer = await link.send({ method: 'POST', body, signal });
  const ignore = (): void => undefined;
  const handlers = { serverName: link.options.serverName, onNotification: ignore, onRequest: ignore };
  const result = await awaitAnswer(answer.messages(), 0, handlers);
  const session = {
    id: checkedId(answer.sessionId, link),
    handshake: readInitialize(result, link.options.serverName),
  };
  const done = await link.send({
    method: 'POST',
    headers: headersOf(session),
    body: JSON.stringify(notification('notifications/initialized')),
    signal,
  });
  await done.discard();
  return session;
}

export function readInitialize(result: JsonObject, serverName: string): Handshake {
  const { protocolVersion, serverInfo } = result;
  if (typeof protocolVersion !== 'string' || !OLDER_VERSIONS.includes(protocolVersion))
    throw new McpProtocolError(
      `"${serverName}" speaks no revision that we know: it offers ${JSON.stringify(protocolVersion ?? null).slice(0, 40)}.`,
      'mcp',
      { serverName },
    );
  return readHandshake(result, serverInfo, protocolVersion, serverName);
}

function checkedId(id: string | undefined, link: HttpLink): string | undefined {
  if (id === undefined || SESSION_ID_PATTERN.test(id)) return id;
  const { serverName } = link.options;
  throw new McpProtocolError(`"${serverName}" broke the protocol: its session id is malformed.`, 'mcp', {
    serverName,
  });
}

const headersOf = ({ id, handshake }: OlderSession): Record<string, string> => ({
  [HEADER.version]: handshake.protocolVersion,
  ...(id === undefined ? {} : { [HEADER.session]: id }),
});

/** 404 is the protocol's word for it; well-known servers say 400 and name the session in their error. */
function lostSession(error: unknown, session: OlderSession): boolean {
  if (!(error instanceof LinkRefusedError) || session.id === undefined) return false;
  if (error.status === 404) return true;
  return error.status === 400 && /session/i.test(error.body?.error.message ?? '');
}
