import { setTimeout as sleep } from 'node:timers/promises';
import { type JsonObject } from '@app/kernel';
import { McpTimeoutError, McpUnreachableError } from '../errors';
import { isCall, isRequest, notification, request, type RpcMessage } from '../wire/json-rpc';
import { HEADER } from '../wire/protocol';
import { Answer, CallEar } from './answers';
import { type ChannelRequest, type Handshake, type Passer, type RpcChannel } from './channel';
import { type ClientSide } from './client-side';
import { type HttpLink, type LinkAnswer, type StreamPosition } from './http-link';
import { headersOf, initialize, lostSession, type OlderSession } from './older-handshake';
import { OlderPasser, type SentCall } from './older-passer';
import { Questions } from './questions';
import { type McpFetchAnswer } from './session';
import { SessionMemory } from './session-memory';

/** Messages that nobody waits for (cancellations, the end of a session) get this long. */
const FAREWELL_MS = 2_000;
/** So many of them at once. */
const MAX_FAREWELLS = 32;
const ANSWER_MS = 10_000;
const HEAL_MS = 10_000;
/** Tries to come back to a stream, in a row, that brought nothing new. */
const MAX_RESUMPTIONS = 5;
const RESUME_MS = 1_000;
/** A server may not ask for haste that would be a loop. */
const MIN_RESUME_MS = 20;

/** Sessions over streamable HTTP. A session that the server lost is begun anew, once per loss, for all callers. */
export class OlderChannel implements RpcChannel {
  readonly era = 'older';
  readonly transport = 'streamable-http';
  onNotification: RpcChannel['onNotification'] = () => undefined;
  readonly passer: Passer | undefined;
  private readonly questions: Questions;
  private readonly memory = new SessionMemory();
  private lastId = 0;
  private healing: Promise<void> | undefined;
  private farewells = 0;
  /** Of the stream that belongs to no call. */
  private position: StreamPosition = {};

  private constructor(
    readonly link: HttpLink,
    private readonly client: ClientSide,
    private present: OlderSession,
  ) {
    this.passer = link.canStart ? new OlderPasser(this) : undefined;
    this.questions = new Questions(client, (answer) => this.post(answer, AbortSignal.timeout(ANSWER_MS)));
  }

  static async open(link: HttpLink, client: ClientSide, signal: AbortSignal): Promise<OlderChannel> {
    return new OlderChannel(link, client, await initialize(link, client, signal));
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
    const result = await this.healed((session) => this.attempt(session, method, params, options));
    this.memory.note(method, params);
    return result;
  }

  /** The session that new messages belong to. */
  get session(): OlderSession {
    return this.present;
  }

  nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  /** As `request`, from the first answer on: a lost session is begun anew for this call, too. */
  goOn(call: SentCall, answer: McpFetchAnswer, options: ChannelRequest): Promise<JsonObject> {
    const { session: sentIn, method, params } = call;
    let first: McpFetchAnswer | undefined = answer;
    return this.healed((session) => {
      if (first === undefined) return this.attempt(session, method, params, options);
      const reply = this.link.accept(first, options.signal);
      first = undefined;
      return this.followed(session, reply, this.answerTo(call.id, params, options), options.signal);
    }, sentIn);
  }

  /** Tells the server that nobody waits for the answer any more. */
  cancel(requestId: number): void {
    if (this.farewells >= MAX_FAREWELLS) return;
    this.farewells += 1;
    this.post(notification('notifications/cancelled', { requestId }), AbortSignal.timeout(FAREWELL_MS))
      .catch(() => undefined) // Best effort: nobody waits for it, and the server may be what is broken.
      .finally(() => {
        this.farewells -= 1;
      });
  }

  async notify(message: RpcMessage, signal: AbortSignal): Promise<void> {
    await this.healed((session) => this.post(message, signal, session));
  }

  async listen(signal: AbortSignal): Promise<number | undefined> {
    const { session, position } = this;
    try {
      const reply = await this.open(session, position, signal);
      await reply.read((message) => {
        this.hear(message);
        return false;
      }, position);
    } catch (error) {
      if (lostSession(error, session)) await this.heal(session);
      else throw this.link.failureOf(error);
    }
    return position.retryMs;
  }

  async close(): Promise<void> {
    this.questions.end();
    if (this.session.id === undefined) return;
    await this.link
      .send({ method: 'DELETE', headers: headersOf(this.session), signal: AbortSignal.timeout(FAREWELL_MS) })
      .then((answer) => answer.discard())
      .catch(() => undefined); // A session that could not be ended expires by itself.
  }

  /** What is sent into a lost session did not begin: it may be sent once more. */
  private async healed<T>(send: (session: OlderSession) => Promise<T>, session = this.session): Promise<T> {
    try {
      try {
        return await send(session);
      } catch (error) {
        if (!lostSession(error, session)) throw error;
        await this.heal(session);
        return await send(this.session);
      }
    } catch (error) {
      throw this.link.failureOf(error);
    }
  }

  private attempt(
    session: OlderSession,
    method: string,
    params: JsonObject,
    options: ChannelRequest,
  ): Promise<JsonObject> {
    const { signal } = options;
    const id = this.nextId();
    options.onSent?.(id);
    const answer = this.answerTo(id, params, options);
    const reply = this.link.send({
      method: 'POST',
      headers:
        options.headers === undefined ? headersOf(session) : { ...headersOf(session), ...options.headers },
      body: JSON.stringify(request(id, method, answer.call.tokened(params))),
      signal,
    });
    return this.followed(session, reply, answer, signal);
  }

  private answerTo(id: number, params: JsonObject, options: ChannelRequest): Answer {
    return new Answer(id, new CallEar(id, params, options), this.around(options));
  }

  private async followed(
    session: OlderSession,
    reply: Promise<LinkAnswer>,
    answer: Answer,
    signal: AbortSignal,
  ): Promise<JsonObject> {
    try {
      return await this.follow(session, await reply, answer, signal);
    } catch (error) {
      // Closing the connection is no cancellation in this era: the server is told, so that it can stop.
      if (signal.aborted) this.cancel(answer.id);
      throw error;
    }
  }

  /** Reads to the result. A stream that ends before it is come back to where it left a mark: nothing runs twice. */
  private async follow(
    session: OlderSession,
    first: LinkAnswer,
    answer: Answer,
    signal: AbortSignal,
  ): Promise<JsonObject> {
    const position: StreamPosition = {};
    let reply: LinkAnswer | undefined = first;
    for (let idle = 0; idle <= MAX_RESUMPTIONS; idle += 1) {
      const { lastEventId } = position;
      const isDone = await reply?.read(answer.take, position).catch((error: unknown) => {
        if (signal.aborted || position.lastEventId === undefined || !isBroken(error)) throw error;
        return false;
      });
      if (isDone === true || position.lastEventId === undefined) return answer.whole();
      if (position.lastEventId !== lastEventId) idle = 0;
      await sleep(Math.max(position.retryMs ?? RESUME_MS, MIN_RESUME_MS), undefined, { signal });
      reply = await this.open(session, position, signal).catch((error: unknown) => {
        // The session may be gone, too; but the call began, and is not sent again.
        if (signal.aborted || !isBroken(error)) throw answer.cutShort(error);
        return undefined;
      });
    }
    throw answer.cutShort();
  }

  private open(
    session: OlderSession,
    { lastEventId }: StreamPosition,
    signal: AbortSignal,
  ): Promise<LinkAnswer> {
    const last = lastEventId === undefined ? {} : { [HEADER.lastEvent]: lastEventId };
    return this.link.send({ method: 'GET', headers: { ...headersOf(session), ...last }, signal });
  }

  private hear(message: RpcMessage): void {
    if (!isCall(message)) return;
    if (isRequest(message)) this.questions.take(message);
    else if (!this.questions.hear(message)) this.onNotification(message);
  }

  private around({ onRequest }: ChannelRequest): ConstructorParameters<typeof Answer>[2] {
    return {
      serverName: this.serverName,
      onNotification: (message) => {
        this.hear(message);
      },
      onRequest: (message) => {
        this.questions.take(message, onRequest);
      },
    };
  }

  private heal(lost: OlderSession): Promise<void> {
    if (this.session !== lost) return Promise.resolve();
    // With a time limit of its own: the caller who met the loss first may give up while others still wait for it.
    this.healing ??= this.begin(AbortSignal.timeout(HEAL_MS)).finally(() => {
      this.healing = undefined;
    });
    return this.healing;
  }

  private async begin(signal: AbortSignal): Promise<void> {
    const session = await initialize(this.link, this.client, signal);
    this.present = session;
    this.position = {};
    for (const [method, params] of this.memory.replay()) {
      // What the new session refuses is lost; the calls that wait for it matter more.
      await this.attempt(session, method, params, { signal }).catch(() => undefined);
    }
  }

  private async post(message: RpcMessage, signal: AbortSignal, session = this.session): Promise<void> {
    const answer = await this.link.send({
      method: 'POST',
      headers: headersOf(session),
      body: JSON.stringify(message),
      signal,
    });
    await answer.discard();
  }
}

const isBroken = (error: unknown): boolean =>
  error instanceof McpUnreachableError || error instanceof McpTimeoutError;
