import { Logger } from '@nestjs/common';
import { type Clock, isUuid, type Scope } from '@app/kernel';
import { SingleFlight, withTimeout } from '@app/resilience';
import { RoutingUnavailableError, ServerUnknownError } from '../domain/gateway.errors';
import { compareVersions, isCallable, type Route } from './route';
import { type RouteNews, type RouteReader } from './route.reader';

/** A caller waits this long for news of one name; the database then counts as away, and memory answers. */
const ASK_LIMIT_MS = 1_000;
/** Questions about single names; above it unknown names are simply unknown, so that guessing names costs nobody a database. */
const ASKS_PER_SECOND_MAX = 50;
const SECOND_MS = 1_000;

/** Longer than the time between two complete looks, with room for clocks that differ. */
const LATELY_MS = 90_000;
/** A database that did not tell what is new is not asked again for so long. */
const PAUSE_AFTER_SILENCE_MS = 2_000;

export type RouteListener = (route: Route | undefined, instanceId: string) => void;

/**
 * Every instance in memory. Calls are answered from here alone; the database is asked for what memory does not know or
 * cannot call, once and shortly, so that an instance that became ready a moment ago can be called at once.
 */
export class RoutingTable {
  private readonly logger = new Logger(RoutingTable.name);
  private readonly byId = new Map<string, Route>();
  /** By workspace, then by name. */
  private readonly names = new Map<string, Map<string, string>>();
  private readonly seenAtMs = new Map<string, number>();
  private readonly asks = new SingleFlight<string, void>();
  private readonly listeners = new Set<RouteListener>();
  private confirmedAtMs = Number.NEGATIVE_INFINITY;
  private askWindowStartMs = Number.NEGATIVE_INFINITY;
  private asksInWindow = 0;
  private silentAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly reader: RouteReader,
    private readonly clock: Clock,
    private readonly options: { readonly maxStalenessMs: number },
  ) {}

  get isLoaded(): boolean {
    return this.confirmedAtMs !== Number.NEGATIVE_INFINITY;
  }

  /** How old the last complete look is; infinite before the first. */
  get ageMs(): number {
    return this.clock.monotonicMs() - this.confirmedAtMs;
  }

  get size(): number {
    return this.byId.size;
  }

  /** False before the first complete look, and after the longest time that memory may stand in for the truth. */
  get isUsable(): boolean {
    return this.isLoaded && this.ageMs <= this.options.maxStalenessMs;
  }

  /** Told of each route that changed or went. */
  onChange(listener: RouteListener): void {
    this.listeners.add(listener);
  }

  async loadAll(): Promise<void> {
    const startedAtMs = this.clock.monotonicMs();
    const routes = await this.reader.all();
    const present = new Set(routes.map(({ instanceId }) => instanceId));
    // A row that came while the list was read is not in it: only what was known before may be judged by it.
    for (const [id, route] of [...this.byId])
      if (!present.has(id) && this.isOlderThan(route, startedAtMs)) this.remove(id);
    for (const route of routes) this.put(route);
    this.confirmedAtMs = startedAtMs;
  }

  async refresh(ids: readonly string[]): Promise<void> {
    const routes = await this.reader.byIds(ids.filter(isUuid));
    const present = new Set(routes.map(({ instanceId }) => instanceId));
    for (const id of ids) if (!present.has(id)) this.remove(id);
    for (const route of routes) this.put(route);
  }

  /** By name or id. Throws for what nobody of the workspace has. */
  async resolve(scope: Scope, nameOrId: string): Promise<Route> {
    this.demandFreshness();
    const known = this.find(scope, nameOrId);
    if (known !== undefined && isCallable(known)) return known;
    await this.ask(scope, nameOrId);
    const route = this.find(scope, nameOrId);
    if (route === undefined) throw new ServerUnknownError(nameOrId);
    return route;
  }

  /** After a connection failed: has the instance moved? */
  async resolveAnew(scope: Scope, nameOrId: string): Promise<Route> {
    await this.ask(scope, nameOrId);
    return this.resolve(scope, nameOrId);
  }

  /** Before a list of everything: what somebody just waited for must be in it, although its notice may still be under way. */
  async catchUp(): Promise<void> {
    if (this.clock.monotonicMs() - this.silentAtMs < PAUSE_AFTER_SILENCE_MS) return;
    if (!this.admitsAsk()) return;
    try {
      await withTimeout(ASK_LIMIT_MS, () => this.lookForNews());
    } catch (error) {
      this.silentAtMs = this.clock.monotonicMs();
      this.logger.debug(`no news of any server: ${String(error)}`);
    }
  }

  private async lookForNews(): Promise<void> {
    const news = (await this.reader.changedWithin(LATELY_MS)).filter((one) => this.isNews(one));
    if (news.length > 0) await this.refresh(news.map(({ instanceId }) => instanceId));
  }

  private isNews({ instanceId, version, isDeleted }: RouteNews): boolean {
    const known = this.byId.get(instanceId);
    if (known === undefined || isDeleted) return (known === undefined) !== isDeleted;
    return compareVersions(version, known.version) > 0;
  }

  /** All of a workspace by name, bytewise, so that lists have one order on every replica. */
  all({ workspaceId }: Scope): readonly Route[] {
    this.demandFreshness();
    const own = [...this.byId.values()].filter((route) => route.workspaceId === workspaceId);
    return own.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Only what belongs to the workspace: an id of another one leads nowhere. */
  find({ workspaceId }: Scope, nameOrId: string): Route | undefined {
    const route = this.byId.get(this.names.get(workspaceId)?.get(nameOrId) ?? nameOrId);
    return route?.workspaceId === workspaceId ? route : undefined;
  }

  /** Of the whole installation. */
  counts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { status } of this.byId.values()) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  }

  /** What somebody wants running, in the whole installation. */
  wanted(): readonly Route[] {
    return [...this.byId.values()].filter(({ desiredState }) => desiredState === 'running');
  }

  private demandFreshness(): void {
    if (!this.isLoaded) throw new RoutingUnavailableError('The list of servers was not loaded yet.');
    if (this.ageMs > this.options.maxStalenessMs) {
      throw new RoutingUnavailableError('The list of servers could not be confirmed for too long.');
    }
  }

  private async ask(scope: Scope, nameOrId: string): Promise<void> {
    if (!this.admitsAsk()) return;
    await this.asks.run(`${scope.workspaceId} ${nameOrId}`, async () => {
      try {
        await withTimeout(ASK_LIMIT_MS, () => this.lookUp(scope, nameOrId));
      } catch (error) {
        // The database is away or slow: what memory says stands, and the caller is told that.
        this.logger.debug(`no news of "${nameOrId}": ${String(error)}`);
      }
    });
  }

  private async lookUp(scope: Scope, nameOrId: string): Promise<void> {
    if (isUuid(nameOrId)) return this.refresh([nameOrId]);
    const route = await this.reader.byName(scope, nameOrId);
    const known = this.names.get(scope.workspaceId)?.get(nameOrId);
    if (known !== undefined && known !== route?.instanceId) this.remove(known);
    if (route !== undefined) this.put(route);
  }

  private admitsAsk(): boolean {
    const nowMs = this.clock.monotonicMs();
    if (nowMs - this.askWindowStartMs >= SECOND_MS) {
      this.askWindowStartMs = nowMs;
      this.asksInWindow = 0;
    }
    this.asksInWindow += 1;
    return this.asksInWindow <= ASKS_PER_SECOND_MAX;
  }

  private isOlderThan(route: Route, timeMs: number): boolean {
    return (this.seenAtMs.get(route.instanceId) ?? 0) < timeMs;
  }

  private put(route: Route): void {
    const { instanceId, name } = route;
    const known = this.byId.get(instanceId);
    this.seenAtMs.set(instanceId, this.clock.monotonicMs());
    // Answers to two questions may cross; the older one must not win.
    if (known !== undefined && compareVersions(route.version, known.version) < 0) return;
    if (known !== undefined && known.name !== name) this.forgetName(known);
    this.byId.set(instanceId, route);
    this.rename(route);
    this.tell(route, instanceId);
  }

  private remove(instanceId: string): void {
    const known = this.byId.get(instanceId);
    this.seenAtMs.delete(instanceId);
    if (known === undefined) return;
    this.byId.delete(instanceId);
    this.forgetName(known);
    this.tell(undefined, instanceId);
  }

  private rename({ workspaceId, name, instanceId }: Route): void {
    const names = this.names.get(workspaceId) ?? new Map<string, string>();
    this.names.set(workspaceId, names.set(name, instanceId));
  }

  /** The name may be another instance's by now. */
  private forgetName({ workspaceId, name, instanceId }: Route): void {
    const names = this.names.get(workspaceId);
    if (names?.get(name) !== instanceId) return;
    names.delete(name);
    if (names.size === 0) this.names.delete(workspaceId);
  }

  private tell(route: Route | undefined, instanceId: string): void {
    for (const listener of this.listeners) listener(route, instanceId);
  }
}
