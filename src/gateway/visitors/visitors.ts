import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CHANNELS } from '@app/contracts';
import { isObject, META, metaOf, type ScannedMessage } from '@app/mcp';
import { PubSub, type Unsubscribe } from '@app/queues';
import { identityOf, type Principal } from '@app/telemetry';
import { type Visit } from '../faces/visit';
import { keyOf, merged, progressed, readVisitor, type Visitor } from './visitor';

/** The one that was seen longest ago is forgotten first. */
const VISITORS_MAX = 1_000;
/** Of what a client calls itself and what it calls. */
const TEXT_MAX = 64;
/** Other processes hear of a visitor this often: whoever waits for one looks every second. */
const TELL_EVERY_MS = 500;
/** and of this many at once; the others wait for the next time. */
const TOLD_AT_ONCE = 50;
/** Calls that follow each other are one piece of news. */
const CALLED_AGAIN_AFTER_MS = 2_000;

const INTRODUCTIONS: ReadonlySet<string> = new Set(['initialize', 'server/discover']);
/** With an introduction: what says that a client got somewhere. */
const STEPS: ReadonlySet<string> = new Set([...INTRODUCTIONS, 'tools/list', 'tools/call']);

/** Which clients came to which face: for whoever has just configured one and waits for it. Kept in memory, and told to all processes. */
@Injectable()
export class Visitors implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(Visitors.name);
  /** The one that was seen last stands last. */
  private readonly known = new Map<string, Visitor>();
  private latest = '';
  private readonly untold = new Map<string, Visitor>();
  private timer: NodeJS.Timeout | undefined;
  private unsubscribe: Unsubscribe | undefined;

  constructor(private readonly pubsub: PubSub) {}

  async onApplicationBootstrap(): Promise<void> {
    this.unsubscribe = await this.pubsub.subscribe(CHANNELS.visitors, (payload) => {
      const told = readVisitor(payload);
      if (told === undefined) return;
      const key = keyOf(told);
      this.keep(key, this.known.get(key), told);
    });
  }

  async onApplicationShutdown(): Promise<void> {
    clearTimeout(this.timer);
    await this.unsubscribe?.();
  }

  /** Of one workspace, the latest first. */
  of(workspaceId: string): readonly Visitor[] {
    return [...this.known.values()].filter((one) => one.workspaceId === workspaceId).reverse();
  }

  /** For each message at the door. */
  see(visit: Visit, body: Buffer): void {
    const { scan, principal } = visit;
    if (principal === undefined || scan?.method === undefined || !STEPS.has(scan.method)) return;
    const nowMs = Date.now();
    const key = keyOf(placeOf(visit, principal));
    const before = this.known.get(key);
    if (scan.method === 'tools/call' && isNothingNew(before, nowMs)) return;
    const now = INTRODUCTIONS.has(scan.method)
      ? introduced(visit, principal, body, nowMs)
      : stepOf(before ?? unnamed(visit, principal, nowMs), scan, nowMs);
    this.keep(key, before, now);
    this.untold.set(key, now);
    this.tellSoon();
  }

  private keep(key: string, before: Visitor | undefined, visitor: Visitor): void {
    if (key !== this.latest) this.known.delete(key);
    this.latest = key;
    this.known.set(key, before === undefined ? visitor : merged(before, visitor));
    if (this.known.size <= VISITORS_MAX) return;
    const [oldest] = this.known.keys();
    if (oldest !== undefined) this.known.delete(oldest);
  }

  private tellSoon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      for (const [key, visitor] of [...this.untold].slice(0, TOLD_AT_ONCE)) {
        this.untold.delete(key);
        this.publish(visitor);
      }
      if (this.untold.size > 0) this.tellSoon();
    }, TELL_EVERY_MS).unref();
  }

  /** A lost word costs a tick on somebody's screen. */
  private publish(visitor: Visitor): void {
    this.pubsub.publish(CHANNELS.visitors, JSON.stringify(visitor)).catch((error: unknown) => {
      this.logger.debug(`a visitor was not told of: ${String(error)}`);
    });
  }
}

const isNothingNew = (before: Visitor | undefined, nowMs: number): boolean =>
  before !== undefined && nowMs - before.calledAtMs < CALLED_AGAIN_AFTER_MS;

const placeOf = ({ path }: Visit, principal: Principal) => ({
  workspaceId: principal.workspaceId,
  principalId: identityOf(principal),
  face: path.kind,
  name: path.name,
});

/** What one says of itself. */
type Introduction = Pick<Visitor, 'client' | 'clientVersion' | 'protocolVersion'>;

/** Written out: an object that is joined of several takes many times as long to make, and this is made for each session. */
const arrived = (
  { path }: Visit,
  principal: Principal,
  { client, clientVersion, protocolVersion }: Introduction,
  nowMs: number,
): Visitor => ({
  workspaceId: principal.workspaceId,
  principalId: identityOf(principal),
  principalName: principal.name,
  face: path.kind,
  name: path.name,
  client,
  clientVersion,
  protocolVersion,
  connectedAtMs: nowMs,
  seenAtMs: nowMs,
  toolsListedAtMs: 0,
  calledAtMs: 0,
  tool: '',
});

function unnamed(visit: Visit, principal: Principal, nowMs: number): Visitor {
  const protocolVersion = cut(visit.request.headers['mcp-protocol-version']);
  return arrived(visit, principal, { client: '', clientVersion: '', protocolVersion }, nowMs);
}

/** The older era says it in `initialize`, the newer one with each request. */
function introduced(visit: Visit, principal: Principal, body: Buffer, nowMs: number): Visitor {
  const params = visit.paramsIn(body);
  const meta = metaOf(params);
  const info = isObject(params.clientInfo) ? params.clientInfo : meta[META.clientInfo];
  const { name, version } = isObject(info) ? info : {};
  const protocolVersion = cut(params.protocolVersion ?? meta[META.version]);
  return arrived(
    visit,
    principal,
    { client: cut(name), clientVersion: cut(version), protocolVersion },
    nowMs,
  );
}

function stepOf(before: Visitor, { method, name }: ScannedMessage, nowMs: number): Visitor {
  const { toolsListedAtMs, calledAtMs, tool } = before;
  return method === 'tools/call'
    ? progressed(before, { seenAtMs: nowMs, toolsListedAtMs, calledAtMs: nowMs, tool: cut(name) })
    : progressed(before, { seenAtMs: nowMs, toolsListedAtMs: nowMs, calledAtMs, tool });
}

const cut = (value: unknown): string =>
  typeof value === 'string' ? value.slice(0, TEXT_MAX).replaceAll(/[^\x20-\x7e]/g, '?') : '';
