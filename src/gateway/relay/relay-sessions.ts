import { Injectable, Logger } from '@nestjs/common';
import { type JsonObject } from '@app/kernel';
import { isObject } from '@app/mcp';
import { type RawRequest } from '@app/plain-http';
import { SingleFlight } from '@app/resilience';
import { identityOf, type Principal } from '@app/telemetry';
import { type Visit } from '../faces/visit';
import { type CallableRoute } from '../routing/route';
import { SessionIds } from '../sessions/session-ids';
import { beginAgain } from './begin-again';
import { type SessionNotes } from './session-notes';
import { type RelayTarget, replicaOf } from './relay-target';

/** What an upstream may call a session: visible ASCII. */
const UPSTREAM_ID = /^[\x21-\x7e]{1,512}$/;
/** However often it is used, a session is begun anew by its client after this time. */
const AGE_MAX_S = 7 * 24 * 3_600;
/** Sessions of which more is known than their ids say. The oldest are forgotten; their ids still hold what matters most. */
const NOTES_MAX = 10_000;
const ENDED_MAX = 50_000;
const SETTINGS: ReadonlySet<string> = new Set([
  'logging/setLevel',
  'resources/subscribe',
  'resources/unsubscribe',
]);
/** Parameters up to here go into the id, so that any replica can repeat them; longer ones are cut to what decides. */
const SEALED_PARAMS_MAX = 220;
const MS_PER_S = 1_000;

/** A session of a client as the relay knows it. */
export interface RelaySession {
  /** Names it for as long as its id is used, whatever becomes of the upstream's one. */
  readonly key: string;
  /** The id that the upstream gave first. */
  readonly upstreamId: string;
  readonly generation: number;
  /** The one that it began with; a lone server is the first. */
  readonly replica: number;
  readonly begunAtS: number;
  /** Parameters of its `initialize`, as much of them as the id holds. */
  readonly params: JsonObject;
}

/**
 * Sessions of the older era that pass through: the client gets an id of ours, which holds the one of the upstream. An
 * upstream that lost a session is told its beginning again; which id it has now is remembered here.
 */
@Injectable()
export class RelaySessions {
  private readonly logger = new Logger(RelaySessions.name);
  private readonly notes = new Map<string, SessionNotes>();
  /** An id cannot be taken back, so that of an ended session is remembered; the oldest are forgotten first. */
  private readonly ended = new Set<string>();
  private readonly beginnings = new SingleFlight<string, string | undefined>();

  constructor(private readonly ids: SessionIds) {}

  /** The id for the client; undefined when the upstream's is none. Notes of how the session began what the id does not hold. */
  seal(about: {
    readonly upstreamId: string;
    readonly route: CallableRoute;
    readonly replica: number;
    readonly principal: Principal;
    readonly body: Buffer;
    readonly visit: Visit;
  }): string | undefined {
    const { upstreamId, route, replica, principal, body, visit } = about;
    if (!UPSTREAM_ID.test(upstreamId)) return undefined;
    const { start = 0, end = 0 } = visit.scan?.params ?? {};
    const params = visit.paramsIn(body);
    const isWhole = end - start <= SEALED_PARAMS_MAX;
    const key = keyOf(route, upstreamId, replica);
    // The server may have given this name before, to a session that is gone.
    if (isWhole) this.notes.delete(key);
    else this.note(key, firstNotes(body.toString('utf8', start, end), upstreamId, replica));
    const begunAtS = Math.floor(Date.now() / MS_PER_S);
    const p = isWhole ? params : cutToWhatDecides(params);
    const payload = { u: upstreamId, g: route.generation, i: begunAtS, p };
    const binding = bindingOf(route, principal);
    return this.ids.seal(replica === 0 ? payload : { ...payload, r: replica }, binding);
  }

  /** undefined for an id that was not sealed by us for this caller on this server, or too long ago. */
  open(request: RawRequest, route: CallableRoute, principal: Principal): RelaySession | undefined {
    const id = request.headers['mcp-session-id'];
    if (typeof id !== 'string') return undefined;
    const session = this.ids.read(id, bindingOf(route, principal), (payload) => sessionOf(payload, route));
    if (session === undefined || Date.now() / MS_PER_S - session.begunAtS > AGE_MAX_S) return undefined;
    return this.ended.has(session.key) ? undefined : session;
  }

  /** The id that the upstream knows now. */
  currentId({ key, upstreamId }: RelaySession): string {
    return this.notes.get(key)?.current ?? upstreamId;
  }

  /** The replica that has it now. */
  replicaOf({ key, replica }: RelaySession): number {
    return this.notes.get(key)?.replica ?? replica;
  }

  /** What the client set up in its session, to be set up again where the session is lost. */
  noteSetting(session: RelaySession, visit: Visit, body: Buffer): void {
    const method = visit.scan?.method;
    // Asked after every call, whose body nobody else has to parse.
    if (method === undefined || !SETTINGS.has(method)) return;
    const params = visit.paramsIn(body);
    const notes = this.notesOf(session);
    if (method === 'logging/setLevel' && typeof params.level === 'string') notes.logLevel = params.level;
    if (typeof params.uri !== 'string') return;
    if (method === 'resources/unsubscribe') notes.uris.delete(params.uri);
    else if (method === 'resources/subscribe' && notes.uris.size < URIS_MAX) notes.uris.add(params.uri);
  }

  /** Once per loss, for all who meet it; the new id, or undefined where the upstream wants no session any more. */
  replace(
    session: RelaySession,
    lost: string,
    route: CallableRoute,
    target: RelayTarget,
  ): Promise<string | undefined> {
    const notes = this.notesOf(session);
    // Somebody met the loss before and has healed it meanwhile.
    if (notes.current !== lost) return Promise.resolve(notes.current);
    return this.beginnings.run(session.key, async () => {
      const id = await beginAgain(route, target, notes);
      if (id === undefined || !UPSTREAM_ID.test(id)) return undefined;
      notes.current = id;
      notes.replica = replicaOf(target);
      this.logger.log(`mcp.upstream.session_replaced: "${route.name}" had lost a session`);
      return id;
    });
  }

  /** Its id stays sealed by us, and a server that does not know it would be told its beginning again: so it is remembered. */
  end({ key }: RelaySession, id: unknown): void {
    this.notes.delete(key);
    if (typeof id === 'string') this.ids.forget(id);
    this.ended.add(key);
    const oldest = this.ended.size > ENDED_MAX ? this.ended.keys().next().value : undefined;
    if (oldest !== undefined) this.ended.delete(oldest);
  }

  private notesOf({ key, upstreamId, replica, params }: RelaySession): SessionNotes {
    const known = this.notes.get(key);
    if (known !== undefined) return known;
    return this.note(key, firstNotes(JSON.stringify(params), upstreamId, replica));
  }

  private note(key: string, notes: SessionNotes): SessionNotes {
    this.notes.set(key, notes);
    const oldest = this.notes.size > NOTES_MAX ? this.notes.keys().next().value : undefined;
    if (oldest !== undefined) this.notes.delete(oldest);
    return notes;
  }
}

/** Per session; what a client subscribes to beyond it is not subscribed again after a loss. */
const URIS_MAX = 100;

/** Two replicas may call their sessions the same. */
const keyOf = ({ instanceId }: CallableRoute, upstreamId: string, replica: number): string =>
  replica === 0 ? `${instanceId} ${upstreamId}` : `${instanceId} ${upstreamId} ${String(replica)}`;

/** An id is bound to its server, so that the key of its session never changes. */
function sessionOf({ u, g, i, p, r }: JsonObject, route: CallableRoute): RelaySession | undefined {
  if (typeof u !== 'string' || typeof g !== 'number' || typeof i !== 'number' || !isObject(p))
    return undefined;
  const replica = typeof r === 'number' ? r : 0;
  return { key: keyOf(route, u, replica), upstreamId: u, generation: g, replica, begunAtS: i, params: p };
}

const firstNotes = (params: string, current: string, replica: number): SessionNotes => ({
  params,
  current,
  replica,
  logLevel: undefined,
  uris: new Set(),
});

const bindingOf = ({ instanceId }: CallableRoute, principal: Principal) => ({
  principalId: identityOf(principal),
  route: `relay/${instanceId}`,
});

/** Without the client's own description of itself, which decides nothing. */
function cutToWhatDecides({ protocolVersion = '', capabilities }: JsonObject): JsonObject {
  const offered = isObject(capabilities) ? Object.keys(capabilities) : [];
  return {
    protocolVersion,
    capabilities: Object.fromEntries(offered.slice(0, 8).map((name) => [name.slice(0, 16), {}])),
    clientInfo: { name: 'quayside', version: '1.0.0' },
  };
}
