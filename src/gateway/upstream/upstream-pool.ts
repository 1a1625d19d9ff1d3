import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { systemClock } from '@app/kernel';
import { type McpListKind } from '@app/mcp';
import { replicasOf } from '../routing/replicas';
import { type CallableRoute, isCallable, type Route } from '../routing/route';
import { ToolPins } from '../pins/tool-pins';
import { RoutingTable } from '../routing/routing-table';
import { isSame, ReplicaChoice, type ReplicaWish } from './replica-choice';
import { Upstream } from './upstream';
import { UpstreamConnector } from './upstream-connector';

/** Servers with a session at once; beyond it the one that was used longest ago makes room. */
const UPSTREAMS_MAX = 2_000;
const IDLE_MAX_MS = 10 * 60_000;
/** A session of one client alone, after which it is ended: it is made anew when the client comes back. */
const CLIENT_LEG_IDLE_MAX_MS = 5 * 60_000;
const SWEEP_EVERY_MS = 60_000;

export type PoolListener = (instanceId: string, kind: McpListKind) => void;

/** One upstream per replica and generation of an instance, made at its first use. */
@Injectable()
export class UpstreamPool implements OnApplicationBootstrap, OnApplicationShutdown {
  /** By instance: the upstreams of its replicas, mostly one. */
  private readonly groups = new Map<string, Upstream[]>();
  private readonly listeners = new Set<PoolListener>();
  private readonly choice = new ReplicaChoice((route) => this.met(route));
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly connector: UpstreamConnector,
    private readonly table: RoutingTable,
    private readonly pins: ToolPins,
  ) {}

  onApplicationBootstrap(): void {
    this.table.onChange((route, instanceId) => {
      this.follow(route, instanceId);
    });
    this.pins.onChange((instanceId) => {
      for (const upstream of this.groups.get(instanceId) ?? []) upstream.judgeAnew();
    });
    this.timer = setInterval(() => {
      this.sweep();
    }, SWEEP_EVERY_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    for (const id of [...this.groups.keys()]) this.drop(id);
  }

  /** The route of the replica that should be asked; the route itself where there is but one server. */
  choose(route: CallableRoute, wish?: ReplicaWish): CallableRoute {
    return route.upstream.replicas === undefined ? route : this.choice.of(route, wish);
  }

  get(route: CallableRoute, wish?: ReplicaWish): Upstream {
    const chosen = this.choose(route, wish);
    return this.met(chosen) ?? this.make(chosen);
  }

  /** After one of the route's servers failed before anything began: another one, or the same when it has moved. */
  instead(route: CallableRoute, failed: Upstream): Upstream | undefined {
    const chosen = this.choose(route, { except: failed.route });
    return isSame(chosen, failed.route) ? undefined : this.get(chosen);
  }

  /** What is known of it without making one; of several replicas, of one that seems well. */
  peek(instanceId: string): Upstream | undefined {
    const group = this.groups.get(instanceId);
    return group?.find(({ isWell }) => isWell) ?? group?.[0];
  }

  /** Told when a server says that a list of it changed. */
  onListChanged(listener: PoolListener): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  private met(route: CallableRoute): Upstream | undefined {
    const group = this.groups.get(route.instanceId);
    return group?.find((upstream) => isSame(upstream.route, route));
  }

  private make(route: CallableRoute): Upstream {
    const { instanceId, replica } = route;
    // Its place may be another's: of the generation before, or of the container that it replaces.
    this.keep(instanceId, (known) => replica !== undefined && known.replica !== replica);
    if (this.groups.size >= UPSTREAMS_MAX) this.dropLeastUsed();
    const upstream = new Upstream(
      route,
      (to, as) => this.connector.connect(to, as),
      systemClock,
      this.pins.judgeOf(route),
    );
    upstream.onListChanged((kind) => {
      for (const listener of this.listeners) listener(instanceId, kind);
    });
    this.groups.set(instanceId, [...(this.groups.get(instanceId) ?? []), upstream]);
    return upstream;
  }

  private follow(route: Route | undefined, instanceId: string): void {
    if (!this.groups.has(instanceId)) return;
    const parts = route === undefined || !isCallable(route) ? [] : replicasOf(route);
    // A replica that goes on serving keeps its sessions, whatever becomes of the others.
    this.keep(instanceId, (known) => parts.some((part) => isSame(part, known)));
    if (route?.status !== 'running') return;
    for (const upstream of this.groups.get(instanceId) ?? []) upstream.tryNow();
  }

  private sweep(): void {
    const nowMs = systemClock.monotonicMs();
    for (const [id, group] of this.groups) {
      for (const upstream of group) upstream.reap(CLIENT_LEG_IDLE_MAX_MS);
      if (nowMs - lastUseOf(group) > IDLE_MAX_MS) this.drop(id);
    }
  }

  private dropLeastUsed(): void {
    const byUse = [...this.groups].sort(([, a], [, b]) => lastUseOf(a) - lastUseOf(b));
    const [oldest] = byUse;
    if (oldest !== undefined) this.drop(oldest[0]);
  }

  private drop(instanceId: string): void {
    this.keep(instanceId, () => false);
  }

  private keep(instanceId: string, isKept: (route: CallableRoute) => boolean): void {
    const group = this.groups.get(instanceId) ?? [];
    const kept = group.filter(({ route }) => isKept(route));
    for (const upstream of group) if (!kept.includes(upstream)) upstream.close();
    if (kept.length === 0) this.groups.delete(instanceId);
    else this.groups.set(instanceId, kept);
  }
}

const lastUseOf = (group: readonly Upstream[]): number =>
  Math.max(...group.map(({ lastUsedAtMs }) => lastUsedAtMs));
