import { randomBytes } from 'node:crypto';
import { type JsonObject } from '@app/kernel';
import { identityOf, type Principal } from '@app/telemetry';
import { type SessionIds } from '../../sessions/session-ids';
import { routeOf } from '../call-trace';
import { type Conversations, type TerminalFace } from '../conversation';
import { TooManySessionsError } from '../terminal.errors';
import { ReplayBudget } from './event-log';
import { type OlderClient, OlderSession, type SessionIdentity } from './older-session';
import { fromPayload, readInitialize, type SessionParams, toPayload } from './session-params';

/** Sessions with a state in this process. Beyond it the one that was idle longest loses its own, and may be built again. */
const SESSIONS_MAX = 20_000;
/** A session that nobody uses ends after this time, */
const IDLE_MS = 30 * 60_000;
/** and any session after this. */
const AGE_MAX_S = 24 * 3_600;
/** An id cannot be taken back, so that of an ended session is remembered; the oldest are forgotten first. */
const ENDED_MAX = 50_000;
const REAP_EVERY_MS = 30_000;
const REPLAY_BYTES_MAX = 64 * 1024 * 1024;
const KEY_BYTES = 9;
const MS_PER_S = 1_000;

/** The sessions of the older era. An id holds what a session is made of, so that any process can go on with it. */
export class OlderSessions {
  /** By id; the one that was used longest ago comes first. */
  private readonly live = new Map<string, OlderSession>();
  private readonly ended = new Set<string>();
  private readonly budget = new ReplayBudget(REPLAY_BYTES_MAX);
  private readonly reaper: NodeJS.Timeout;

  constructor(
    private readonly ids: SessionIds,
    private readonly conversations: Conversations,
  ) {
    this.reaper = setInterval(() => {
      this.reap(performance.now());
    }, REAP_EVERY_MS).unref();
  }

  get size(): number {
    return this.live.size;
  }

  begin(face: TerminalFace, principal: Principal, initialize: JsonObject): OlderSession {
    this.makeRoom();
    const params = readInitialize(randomBytes(KEY_BYTES).toString('base64url'), nowS(), initialize);
    const binding = { principalId: identityOf(principal), route: routeOf(face) };
    const id = this.ids.seal(toPayload(params), binding);
    return this.open(face, principal, { id, ...binding }, params);
  }

  /** undefined for an id that is forged, foreign, of another route, too old, or ended: none of these exists here. */
  find(id: string, face: TerminalFace, principal: Principal): OlderSession | undefined {
    const binding = { principalId: identityOf(principal), route: routeOf(face) };
    const session = this.live.get(id);
    if (session === undefined) return this.rebuild(id, face, principal, binding);
    const { identity } = session;
    if (identity.principalId !== binding.principalId || identity.route !== binding.route) return undefined;
    if (isTooOld(session.params)) {
      this.end(session);
      return undefined;
    }
    // What the caller may do can have changed since the session began.
    session.client.principal = principal;
    session.lastUsedMs = performance.now();
    this.live.delete(id);
    this.live.set(id, session);
    return session;
  }

  end(session: OlderSession): void {
    this.ended.add(session.params.key);
    const [oldest] = this.ended;
    if (this.ended.size > ENDED_MAX && oldest !== undefined) this.ended.delete(oldest);
    this.ids.forget(session.identity.id);
    this.drop(session);
  }

  /** Its id goes on to work. */
  drop(session: OlderSession): void {
    if (this.live.delete(session.identity.id)) session.end();
  }

  reap(nowMs: number): void {
    for (const session of [...this.live.values()])
      if (session.isIdle && nowMs - session.lastUsedMs > IDLE_MS) this.end(session);
  }

  /** Those that belong to no request: nothing else would ever end them. */
  endStreams(): void {
    for (const { streams } of this.live.values()) streams.endUnasked();
  }

  close(): void {
    clearInterval(this.reaper);
    for (const session of [...this.live.values()]) this.drop(session);
  }

  private rebuild(
    id: string,
    face: TerminalFace,
    principal: Principal,
    binding: Omit<SessionIdentity, 'id'>,
  ): OlderSession | undefined {
    const payload = this.ids.open(id, binding);
    const params = payload === undefined ? undefined : fromPayload(payload);
    if (params === undefined || this.ended.has(params.key) || isTooOld(params)) return undefined;
    this.makeRoom();
    return this.open(face, principal, { id, ...binding }, params);
  }

  private open(
    face: TerminalFace,
    principal: Principal,
    identity: SessionIdentity,
    params: SessionParams,
  ): OlderSession {
    const { protocolVersion, capabilities, info } = params;
    const client: OlderClient = { principal, era: 'older', protocolVersion, capabilities, info };
    const conversation = this.conversations.open(face, client);
    const session = new OlderSession(identity, client, params, conversation, this.budget);
    this.live.set(identity.id, session);
    return session;
  }

  private makeRoom(): void {
    if (this.live.size < SESSIONS_MAX) return;
    for (const session of this.live.values()) {
      if (!session.isIdle) continue;
      this.drop(session);
      return;
    }
    throw new TooManySessionsError(SESSIONS_MAX);
  }
}

const isTooOld = ({ beganAtS }: SessionParams): boolean => nowS() - beganAtS > AGE_MAX_S;

const nowS = (): number => Math.floor(Date.now() / MS_PER_S);
