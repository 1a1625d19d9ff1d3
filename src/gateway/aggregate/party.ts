import { type JsonObject } from '@app/kernel';
import { type McpEra, META, metaOf } from '@app/mcp';
import { identityOf, type Principal } from '@app/telemetry';
import { type Use } from '../access/gateway-access';
import { type McpClient } from '../terminal/conversation';
import { type LegIdentity } from '../upstream/client-legs';
import { type Leg } from '../upstream/leg';
import { type ServerQuestions } from '../upstream/server-questions';
import { type Upstream } from '../upstream/upstream';

/** What a server may ask a client for; everything else it may announce is between it and us. */
const ASKABLE = ['sampling', 'elicitation', 'roots'] as const;
/** Servers of the older era log without being told to; a client of that era that says nothing expects as much of all. */
const OLDER_DEFAULT_LEVEL = 'info';

export interface PartyLeg {
  readonly leg: Leg;
  /** Where the session is not shared with others. */
  readonly questions: ServerQuestions | undefined;
}

/** A client as its servers meet it: with which session, which abilities, which log level. */
export class Party {
  /** Clients with the same text can do the same, so they see the same lists. Empty for those who can be asked nothing. */
  readonly audience: string;
  readonly abilities: JsonObject;
  private level: string | undefined;
  /** Sessions of this client alone, to be ended with it. */
  private readonly own = new Set<Upstream>();

  constructor(
    readonly client: McpClient,
    /** Unique in this process. */
    private readonly id: string,
    /** The endpoint whose face it talks to. */
    private readonly through?: string,
    /** Where a server has a process for each session, it gets one: only there it can be asked anything. */
    private readonly takesProcess = false,
  ) {
    const { capabilities } = client;
    const askable = ASKABLE.flatMap((name) => {
      const ability = capabilities[name];
      return typeof ability === 'object' && ability !== null ? [[name, ability] as const] : [];
    });
    this.abilities = Object.fromEntries(askable);
    this.audience = askable.length === 0 ? '' : JSON.stringify(askable);
  }

  get canBeAsked(): boolean {
    return this.audience !== '';
  }

  /** As it is now: a session of the older era may outlive a change of what its caller may do. */
  get principal(): Principal {
    return this.client.principal;
  }

  /** A session of the older era is one session at its server too, so that it stays with one replica. */
  get stay(): string | undefined {
    return this.client.era === 'older' ? this.id : undefined;
  }

  get principalId(): string {
    return identityOf(this.client.principal);
  }

  use(permission: string, tool?: string): Use {
    return { principal: this.principal, permission, tool, through: this.through, stay: this.stay };
  }

  /** Of the session, in the older era. Returns the sessions that must hear of it now. */
  setLogLevel(level: string): readonly PartyLeg[] {
    this.level = level;
    return this.owned();
  }

  owned(): readonly PartyLeg[] {
    return [...this.own].flatMap((upstream) => {
      const found = upstream.peekLeg(this.id);
      return found === undefined ? [] : [found];
    });
  }

  /** Which session a request goes by: requests of the newer era stand alone, so there all share one. Without `params` it is for a list. */
  async leg(upstream: Upstream, params?: JsonObject): Promise<PartyLeg> {
    const level = this.levelOf(params ?? {});
    if (!this.canBeAsked && level === undefined) return { leg: upstream.shared, questions: undefined };
    const known = await eraOf(upstream);
    const era = this.takesProcess && upstream.isolatesSessions ? 'older' : known;
    if (era === 'newer') return { leg: upstream.shared, questions: undefined };
    const identity = { ...this.identity(upstream, level), isQuiet: params === undefined };
    return upstream.leg(era === known ? identity : { ...identity, era });
  }

  /** The same where client and server are of the older era and nothing has to be asked first; undefined for all others. */
  legNow(upstream: Upstream, params: JsonObject): PartyLeg | undefined {
    const level = this.levelOf(params);
    const era = upstream.self?.era ?? upstream.route.era;
    if (era !== 'older' || this.client.era !== 'older' || this.takesProcess) return undefined;
    if (!this.canBeAsked && level === undefined) return { leg: upstream.shared, questions: undefined };
    return upstream.leg(this.identity(upstream, level));
  }

  /** `_meta` of a request to a server of the era. */
  meta(era: 'older' | 'newer', params: JsonObject, traceparent: string): JsonObject {
    // Most clients send none, and taking objects apart is slow.
    if (era === 'older' && params._meta === undefined) return { traceparent };
    const { [META.logLevel]: _level, ...meta } = metaOf(params);
    if (era === 'older') return { ...meta, traceparent };
    const level = this.levelOf(params) ?? (this.client.era === 'older' ? OLDER_DEFAULT_LEVEL : undefined);
    return {
      ...meta,
      traceparent,
      ...this.abilitiesMeta(),
      ...(level === undefined ? {} : { [META.logLevel]: level }),
    };
  }

  /** As far as lists depend on it. */
  abilitiesMeta(): JsonObject {
    return { [META.clientCapabilities]: this.abilities };
  }

  close(): void {
    for (const upstream of this.own) upstream.release(this.id);
    this.own.clear();
  }

  private levelOf(params: JsonObject): string | undefined {
    const level = this.client.era === 'newer' ? metaOf(params)[META.logLevel] : this.level;
    return typeof level === 'string' ? level : undefined;
  }

  /** A session of the older era is one client's session there, too; clients without sessions share one per caller. */
  private identity(upstream: Upstream, level: string | undefined): LegIdentity {
    const { client, abilities: capabilities } = this;
    const isOneClient = client.era === 'older';
    const info = client.info;
    if (!isOneClient) {
      const key = JSON.stringify([this.principalId, this.audience, level ?? null]);
      return { key, isOneClient, capabilities, info, logLevel: () => level };
    }
    this.own.add(upstream);
    return { key: this.id, isOneClient, capabilities, info, logLevel: () => this.level };
  }
}

const eraOf = async (upstream: Upstream): Promise<McpEra> =>
  upstream.self?.era ?? upstream.route.era ?? (await upstream.introduce()).era;
