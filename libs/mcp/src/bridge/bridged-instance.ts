import { type IncomingHttpHeaders } from 'node:http';
import { type JsonObject } from '@app/kernel';
import { BridgeBusyError, StdioServerEndedError } from '../errors';
import { type RpcRequest } from '../wire/json-rpc';
import { HEADER } from '../wire/protocol';
import { finishWithError } from './bridge-failure';
import { BridgeSession } from './bridge-session';
import { type HttpReply } from './http-reply';
import { serveNewer } from './newer-face';
import { initializeResult, negotiated } from './older-face';
import { OwnProcesses, type PerSessionChildren, type Sessions } from './own-processes';
import { type StdioBridge } from './stdio-bridge';

/** What whoever needs no process of its own says when a session begins: it then shares the one that is there. */
export const SHARED_SESSION: Readonly<Record<string, string>> = { 'quayside-session': 'shared' };

/** Sessions are small, processes are not. The one that was used longest ago goes first. */
const MAX_SHARED_SESSIONS = 10_000;
const SHARED_IDLE_MS = 30 * 60_000;
const OWN_IDLE_MS = 5 * 60_000;
/** Of a session with a process of its own, when somebody else wants to begin and there is no place. */
const YIELDS_AFTER_IDLE_MS = 10_000;

/** Everything that one instance's address serves: its shared process, and the sessions of the older era. */
export class BridgedInstance implements Sessions {
  /** Oldest use first: a session that is used moves to the end. */
  private readonly sessions = new Map<string, BridgeSession>();
  private readonly own: OwnProcesses | undefined;
  private isClosed = false;

  constructor(
    readonly bridge: StdioBridge,
    perSession: PerSessionChildren | undefined,
  ) {
    // A newer process keeps no state between requests: there is nothing that a process of its own would isolate.
    const isIsolated = perSession !== undefined && bridge.verdict.era === 'older';
    this.own = isIsolated ? new OwnProcesses(bridge.serverName, perSession, this) : undefined;
  }

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
    headers: IncomingHttpHeaders,
    makeReply: (headers: Record<string, string>) => HttpReply,
  ): Promise<void> {
    try {
      const session = await this.newSession(params, headers);
      const reply = makeReply({ [HEADER.session]: session.id });
      this.sessions.set(session.id, session);
      session.bridge.subscriptions.add(session);
      // Nobody knows its name if its client did not wait for it.
      if (reply.isEnded) this.end(session.id);
      const { verdict } = session.bridge;
      const result = initializeResult(verdict, params.protocolVersion, session.stopOwn === undefined);
      reply.finish({ jsonrpc: '2.0', id, result });
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

  ended({ id }: BridgeSession): void {
    this.end(id);
  }

  yieldOne(): boolean {
    const nowMs = performance.now();
    for (const [id, session] of this.sessions) {
      const isOwn = session.stopOwn !== undefined;
      if (isOwn && session.isIdle && nowMs - session.lastUsedMs > YIELDS_AFTER_IDLE_MS) return this.end(id);
    }
    return false;
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
    this.isClosed = true;
    for (const id of [...this.sessions.keys()]) this.end(id);
  }

  private async newSession(params: JsonObject, headers: IncomingHttpHeaders): Promise<BridgeSession> {
    const isShared = Object.entries(SHARED_SESSION).every(([name, value]) => headers[name] === value);
    if (this.own === undefined || isShared) return this.sharedSession(params);
    const session = await this.own.begin(params);
    if (!this.isClosed) return session;
    // The server was stopped meanwhile, with all its sessions but this one.
    session.end();
    const { serverName } = this.bridge;
    throw new StdioServerEndedError(`"${serverName}" is being stopped.`, { serverName, started: false });
  }

  private sharedSession(params: JsonObject): BridgeSession {
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
}
