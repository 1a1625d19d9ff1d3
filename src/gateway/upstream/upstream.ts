import { type Clock, type JsonObject } from '@app/kernel';
import {
  type McpEra,
  type McpListKind,
  type McpPrompt,
  type McpResource,
  type McpResourceTemplate,
  type McpServerInfo,
  type McpSession,
  type McpTool,
  McpToolUnknownError,
} from '@app/mcp';
import { type BreakerState } from '@app/resilience';
import { type CallableRoute } from '../routing/route';
import { Admission } from './admission';
import {
  type ClientLeg,
  ClientLegs,
  type LegAnnouncement,
  type LegIdentity,
  type MakeLeg,
} from './client-legs';
import { type Fetched, ListCache } from './list-cache';
import { fetchList, type ListKind } from './fetch-list';
import { Leg, type LegState } from './leg';
import { type ServerQuestions } from './server-questions';

const MS_PER_S = 1_000;
/** Kinds of clients by what they can do; lists are kept for the ones that asked last. */
const AUDIENCES_MAX = 16;

export interface UpstreamState extends LegState {
  readonly circuit: BreakerState;
}

/** What a server said of itself in its last handshake. */
export interface ServerSelf {
  readonly era: McpEra;
  readonly capabilities: JsonObject;
  readonly instructions: string | undefined;
  readonly serverInfo: McpServerInfo;
}

/** Decides which of its tools may be offered. */
export interface ToolJudge {
  isPinned(): boolean;
  sift<T extends JsonObject>(tools: readonly T[]): readonly T[];
}

const OPEN_MINDED: ToolJudge = { isPinned: () => false, sift: (tools) => tools };

/** Opens a session, as ourselves or in the name of a client. */
export type OpenSession = (route: CallableRoute, as?: SessionOf) => Promise<McpSession>;

export interface SessionOf {
  readonly client: LegAnnouncement;
  readonly questions: ServerQuestions;
}

type Lists = Readonly<Record<ListKind, ListCache<JsonObject>>>;

/** One server as the gateway meets it: its sessions, its circuit, its lists. Ends when its route changes. */
export class Upstream {
  readonly admission: Admission;
  readonly tools: ListCache<McpTool>;
  readonly resources: ListCache<McpResource>;
  readonly prompts: ListCache<McpPrompt>;
  /** The session of all who need none of their own. */
  readonly shared: Leg;

  readonly templates: ListCache<McpResourceTemplate>;

  private readonly legs: ClientLegs;
  /** Some servers offer more to clients that can do more. */
  private readonly audiences = new Map<string, Lists>();
  private readonly listeners = new Set<(kind: McpListKind) => void>();
  private lastSelf: ServerSelf | undefined;

  constructor(
    readonly route: CallableRoute,
    private readonly open: OpenSession,
    private readonly clock: Clock,
    private readonly judge: ToolJudge = OPEN_MINDED,
  ) {
    this.admission = new Admission(route.name);
    this.shared = this.legOf();
    const make: MakeLeg = (client, questions) => this.legOf({ client, questions });
    this.legs = new ClientLegs(make, clock, hasOneStream(route));
    this.tools = this.cacheOf<McpTool>('tools');
    this.resources = this.cacheOf<McpResource>('resources');
    this.prompts = this.cacheOf<McpPrompt>('prompts');
    this.templates = this.cacheOf<McpResourceTemplate>('templates');
    // Everybody's lists are those of REST: one cache, whoever asks.
    this.audiences.set('', {
      tools: this.tools,
      resources: this.resources,
      prompts: this.prompts,
      templates: this.templates,
    });
  }

  state(): UpstreamState {
    return { circuit: this.admission.circuit(), ...this.shared.state() };
  }

  /** Not known to be out of order: nobody waits before it tries to reach it again, and its circuit is closed. */
  get isWell(): boolean {
    return this.admission.isWell && !this.shared.isWaiting;
  }

  get lastUsedAtMs(): number {
    return Math.max(this.shared.lastUsedAtMs, this.legs.lastUsedAtMs);
  }

  get self(): ServerSelf | undefined {
    return this.lastSelf;
  }

  /** How the server says it is; connects where nobody has. */
  async introduce(signal?: AbortSignal): Promise<ServerSelf> {
    if (this.lastSelf !== undefined && this.shared.current !== undefined) return this.lastSelf;
    return this.use((session) => Promise.resolve(this.lastSelf ?? selfOf(session)), signal);
  }

  /** Its address speaks the newer era for all of its sessions together, and the older one for each by itself. */
  get isolatesSessions(): boolean {
    const { upstream, spec } = this.route;
    return upstream.kind === 'bridge' && spec.type !== 'url' && spec.session_isolation === 'per_session';
  }

  tryNow(): void {
    this.shared.tryNow();
    this.legs.tryNow();
  }

  /** How long a call may take here: what the instance says, else the given default. */
  callLimitMs(defaultMs: number): number {
    const { timeout } = this.route.spec;
    return timeout === undefined ? defaultMs : timeout * MS_PER_S;
  }

  /** From memory; undefined where it has to be looked for. */
  knownTool(name: string): McpTool | undefined {
    return this.tools.findNow((one) => one.name === name);
  }

  async tool(name: string): Promise<McpTool> {
    const tool = await this.tools.find((one) => one.name === name);
    if (tool === undefined)
      throw new McpToolUnknownError(name, { serverName: this.route.name, started: false });
    return tool;
  }

  use<T>(work: (session: McpSession) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.shared.use(work, signal);
  }

  /** A session for one client alone, or for those who are the same to the server. */
  leg(identity: LegIdentity): ClientLeg {
    return this.legs.get(identity);
  }

  /** The same without making one. */
  peekLeg(key: string): ClientLeg | undefined {
    return this.legs.peek(key);
  }

  release(key: string): void {
    this.legs.drop(key);
  }

  /** The lists as clients with these abilities see them; who asks lends the way to fetch them. */
  lists(audience: string): Lists {
    const known = this.audiences.get(audience);
    if (known !== undefined) return known;
    const [oldest] = [...this.audiences.keys()].slice(1);
    if (this.audiences.size >= AUDIENCES_MAX && oldest !== undefined) this.audiences.delete(oldest);
    const made = {
      tools: this.cacheOf('tools'),
      prompts: this.cacheOf('prompts'),
      resources: this.cacheOf('resources'),
      templates: this.cacheOf('templates'),
    };
    this.audiences.set(audience, made);
    return made;
  }

  /** Told when the server says that a list of it changed. */
  onListChanged(listener: (kind: McpListKind) => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  /** Some of its tools may be kept back, so that none may be called by its name alone. */
  get isPinned(): boolean {
    return this.judge.isPinned();
  }

  /** Without the tools that are not what was approved. */
  offered<T extends JsonObject>(tools: readonly T[]): readonly T[] {
    return this.judge.sift(tools);
  }

  /** What it offered was judged by rules that changed. */
  judgeAnew(): void {
    this.forget('tools');
  }

  reap(idleMaxMs: number): void {
    this.legs.reap(idleMaxMs);
  }

  close(): void {
    this.shared.close();
    this.legs.close();
    this.listeners.clear();
  }

  private legOf(as?: SessionOf): Leg {
    return new Leg({
      serverName: this.route.name,
      admission: this.admission,
      clock: this.clock,
      connect: async () => {
        const session = await this.open(this.route, as);
        // What a server is for all is not what it is in a protocol that one client wanted.
        if (as?.client.era === undefined) this.lastSelf = selfOf(session);
        return session;
      },
      greet: async (session) => {
        if (as !== undefined && session.era === 'older') session.onNotification(as.questions.hear);
        const level = as?.client.logLevel();
        if (level !== undefined && session.era === 'older' && 'logging' in session.capabilities)
          await session.request('logging/setLevel', { level });
      },
      onListChanged: (kind) => {
        this.forget(kind);
      },
      onRecovered: () => {
        for (const kind of ['tools', 'prompts', 'resources'] as const) this.forget(kind);
      },
    });
  }

  private cacheOf<T extends JsonObject>(kind: ListKind): ListCache<T> {
    const fetch = (): Promise<Fetched<T>> =>
      this.use((session) => fetchList<T>(session, kind, this.route.name));
    const isJudged = kind === 'tools';
    return isJudged ? new ListCache<T>(fetch, this.clock, this.judge) : new ListCache<T>(fetch, this.clock);
  }

  private forget(kind: McpListKind): void {
    for (const lists of this.audiences.values()) {
      lists[kind].invalidate();
      if (kind === 'resources') lists.templates.invalidate();
    }
    for (const listener of this.listeners) listener(kind);
  }
}

/** Over plain HTTP a question comes on the stream of its call; here all come on the same. */
const hasOneStream = ({ upstream }: CallableRoute): boolean =>
  upstream.kind === 'bridge' || upstream.transport !== 'streamable-http';

const selfOf = ({ era, capabilities, instructions, serverInfo }: McpSession): ServerSelf => ({
  ...{ era, capabilities, instructions, serverInfo },
});
