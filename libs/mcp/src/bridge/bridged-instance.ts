import { type IncomingHttpHeaders } from 'node:http';
import { type JsonObject, type JsonValue } from '@app/kernel';
import { BridgeBusyError } from '../errors';
import { failure, isObject, type RpcNotification, type RpcRequest } from '../wire/json-rpc';
import { HEADER, RPC } from '../wire/protocol';
import { finishWithError } from './bridge-failure';
import { BridgeSession } from './bridge-session';
import { type HttpReply } from './http-reply';
import { serveNewer } from './newer-face';
import { initializeResult, negotiated } from './older-face';
import { type BridgeOwner, StdioBridge, type StdioStreams } from './stdio-bridge';

/** A process of its own for each client session, made when the session begins. */
export interface PerSessionChildren {
  /** Starts a process. `stop` ends it; called exactly once. */
  start(): Promise<StdioStreams & { stop(): Promise<void> }>;
}

/** Sessions are small, processes are not. The one that was used longest ago goes first. */
const MAX_SHARED_SESSIONS = 10_000;
const MAX_OWN_PROCESSES = 8;
const SHARED_IDLE_MS = 30 * 60_000;
const OWN_IDLE_MS = 5 * 60_000;

/** Everything that one instance's address serves: its shared process, and the sessions of the older era. */
export class BridgedInstance {
  /** Oldest use first: a session that is used moves to the end. */
  private readonly sessions = new Map<string, BridgeSession>();
  private starting = 0;

  constructor(
    readonly bridge: StdioBridge,
    private readonly perSession: PerSessionChildren | undefined,
  ) {}

  get sessionCount(): number {
    return this.sessions.size;
  }

  session(id: string): BridgeSession | undefined {
    const session = this.sessions.get(id);
    if (session === undefined) return undefined;
    session.lastUsedMs = performance.now();
    this.sessions.delete(id);
    this.sessions.set(id, session);
    return session;
  }

  serveNewer(message: RpcRequest, headers: IncomingHttpHeaders, reply: HttpReply): void {
    serveNewer(this.bridge, message, headers, reply);
  }

  /** `initialize`: the start of a session. `reply` is made once its id is known, because the id is a header. */
  async begin(
    { id, params = {} }: RpcRequest,
    makeReply: (headers: Record<string, string>) => HttpReply,
  ): Promise<void> {
    try {
      const session = await this.newSession(params);
      this.sessions.set(session.id, session);
      session.bridge.subscriptions.add(session);
      const result = initializeResult(
        session.bridge.verdict,
        params.protocolVersion,
        session.stopOwn === undefined,
      );
      makeReply({ [HEADER.session]: session.id }).finish({ jsonrpc: '2.0', id, result });
    } catch (error) {
      finishWithError(makeReply({}), id, error);
    }
  }

  end(id: string): boolean {
    const session = this.sessions.get(id);
    this.sessions.delete(id);
    session?.end();
    return session !== undefined;
  }

  /** Ends what nobody used for long. */
  reap(nowMs: number): void {
    for (const [id, session] of this.sessions) {
      const idleMs = session.stopOwn === undefined ? SHARED_IDLE_MS : OWN_IDLE_MS;
      const isDead = !session.bridge.isOpen;
      if (isDead || (session.isIdle && nowMs - session.lastUsedMs > idleMs)) this.end(id);
    }
  }

  close(): void {
    for (const id of [...this.sessions.keys()]) this.end(id);
  }

  private async newSession(params: JsonObject): Promise<BridgeSession> {
    // A newer process keeps no state between requests: there is nothing that a process of its own would isolate.
    if (this.perSession !== undefined && this.bridge.verdict.era === 'older')
      return this.ownSession(params, this.perSession);
    this.makeRoom();
    return new BridgeSession(negotiated(this.bridge.verdict, params.protocolVersion), params, this.bridge);
  }

  private makeRoom(): void {
    if (this.sessions.size < MAX_SHARED_SESSIONS) return;
    for (const [id, session] of this.sessions) {
      if (!session.isIdle) continue;
      this.end(id);
      return;
    }
    throw new BridgeBusyError(`"${this.bridge.serverName}" has too many sessions.`, this.bridge.serverName);
  }

  private async ownSession(params: JsonObject, children: PerSessionChildren): Promise<BridgeSession> {
    const { serverName } = this.bridge;
    if (this.sessions.size + this.starting >= MAX_OWN_PROCESSES) this.reap(Infinity);
    if (this.sessions.size + this.starting >= MAX_OWN_PROCESSES)
      throw new BridgeBusyError(`"${serverName}" runs ${MAX_OWN_PROCESSES} sessions, no more.`, serverName);
    this.starting += 1;
    try {
      return await openOwn(serverName, params, children);
    } finally {
      this.starting -= 1;
    }
  }
}

async function openOwn(
  serverName: string,
  params: JsonObject,
  children: PerSessionChildren,
): Promise<BridgeSession> {
  const child = await children.start();
  const owner = new OwnClient(params);
  const bridge = new StdioBridge(child, { serverName, era: 'older', owner });
  const stop = once(() => {
    bridge.close('its session ended');
    child.stop().catch(() => undefined); // Its owner sees to processes that do not end.
  });
  try {
    const verdict = await bridge.open();
    const session = new BridgeSession(negotiated(verdict, params.protocolVersion), params, bridge, stop);
    owner.session = session;
    return session;
  } catch (error) {
    stop();
    throw error;
  }
}

/** Carries what a process asks and says to the one client it was started for. */
class OwnClient implements BridgeOwner {
  readonly capabilities: JsonObject;
  readonly clientInfo: JsonValue;
  /** Known once the handshake is over; before it a server has nothing to ask. */
  session: BridgeSession | undefined;

  constructor({ capabilities, clientInfo }: JsonObject) {
    this.capabilities = isObject(capabilities) ? capabilities : {};
    this.clientInfo = clientInfo ?? {};
  }

  onNotification(message: RpcNotification): void {
    this.session?.say(message);
  }

  onRequest({ id, method, params }: RpcRequest): void {
    const { session } = this;
    session?.ask(method, params).then(
      (response) => {
        session.bridge.send({ ...response, id });
      },
      () => {
        session.bridge.send(failure(id, RPC.methodNotFound, `The client does not answer ${method}`));
      },
    );
  }
}

function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    action();
  };
}
