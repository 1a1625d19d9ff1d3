import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CHANNELS } from '@app/contracts';
import { type JsonObject } from '@app/kernel';
import { isObject, META, metaOf, type ScannedMessage } from '@app/mcp';
import { PubSub, type Unsubscribe } from '@app/queues';
import { identityOf, type Principal } from '@app/telemetry';
import { type Visit } from '../faces/visit';
import { keyOf, merged, readVisitor, type Visitor } from './visitor';

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
  private readonly known = new Map<string, Visitor>();
  private readonly untold = new Map<string, Visitor>();
  private timer: NodeJS.Timeout | undefined;
  private unsubscribe: Unsubscribe | undefined;

  constructor(private readonly pubsub: PubSub) {}

  async onApplicationBootstrap(): Promise<void> {
    this.unsubscribe = await this.pubsub.subscribe(CHANNELS.visitors, (payload) => {
      const told = readVisitor(payload);
      if (told !== undefined) this.keep(told);
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
    const before = this.known.get(keyOf(placeOf(visit, principal)));
    if (scan.method === 'tools/call' && isNothingNew(before, nowMs)) return;
    const now = INTRODUCTIONS.has(scan.method)
      ? introduced(visit, principal, body, nowMs)
      : stepOf(before ?? unnamed(visit, principal, nowMs), scan, nowMs);
    this.keep(now);
    this.tell(now);
  }

  private keep(visitor: Visitor): void {
    const key = keyOf(visitor);
    const before = this.known.get(key);
    this.known.delete(key);
    this.known.set(key, before === undefined ? visitor : merged(before, visitor));
    const [oldest] = this.known.keys();
    if (this.known.size > VISITORS_MAX && oldest !== undefined) this.known.delete(oldest);
  }

  private tell(visitor: Visitor): void {
    this.untold.set(keyOf(visitor), visitor);
    this.tellSoon();
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

function unnamed(visit: Visit, principal: Principal, nowMs: number): Visitor {
  const version = visit.request.headers['mcp-protocol-version'];
  return {
    ...placeOf(visit, principal),
    ...{ principalName: principal.name, client: '', clientVersion: '' },
    protocolVersion: cut(version),
    ...{ connectedAtMs: nowMs, seenAtMs: nowMs, toolsListedAtMs: 0, calledAtMs: 0, tool: '' },
  };
}

/** The older era says it in `initialize`, the newer one with each request. */
function introduced(visit: Visit, principal: Principal, body: Buffer, nowMs: number): Visitor {
  const params = paramsOf(body);
  const meta = metaOf(params);
  const info = isObject(params.clientInfo) ? params.clientInfo : meta[META.clientInfo];
  const { name, version } = isObject(info) ? info : {};
  const protocol = params.protocolVersion ?? meta[META.version];
  return {
    ...unnamed(visit, principal, nowMs),
    ...{ client: cut(name), clientVersion: cut(version), protocolVersion: cut(protocol) },
  };
}

function stepOf(before: Visitor, { method, name }: ScannedMessage, nowMs: number): Visitor {
  const seen = { ...before, seenAtMs: nowMs };
  return method === 'tools/call'
    ? { ...seen, calledAtMs: nowMs, tool: cut(name) }
    : { ...seen, toolsListedAtMs: nowMs };
}

function paramsOf(body: Buffer): JsonObject {
  try {
    const { params } = JSON.parse(body.toString('utf8')) as { readonly params?: unknown };
    return isObject(params) ? params : {};
  } catch {
    // Whoever serves it says what is wrong with it.
    return {};
  }
}

const cut = (value: unknown): string =>
  typeof value === 'string' ? value.slice(0, TEXT_MAX).replaceAll(/[^\x20-\x7e]/g, '?') : '';
