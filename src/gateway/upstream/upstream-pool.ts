import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { systemClock } from '@app/kernel';
import { type McpListKind } from '@app/mcp';
import { type CallableRoute, connectionKey, isCallable, type Route } from '../routing/route';
import { ToolPins } from '../pins/tool-pins';
import { RoutingTable } from '../routing/routing-table';
import { Upstream } from './upstream';
import { UpstreamConnector } from './upstream-connector';

/** Servers with a session at once; beyond it the one that was used longest ago makes room. */
const UPSTREAMS_MAX = 2_000;
const IDLE_MAX_MS = 10 * 60_000;
/** A session of one client alone, after which it is ended: it is made anew when the client comes back. */
const CLIENT_LEG_IDLE_MAX_MS = 5 * 60_000;
const SWEEP_EVERY_MS = 60_000;

export type PoolListener = (instanceId: string, kind: McpListKind) => void;

/** One upstream per instance and generation, made at its first use. */
@Injectable()
export class UpstreamPool implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly upstreams = new Map<string, Upstream>();
  private readonly listeners = new Set<PoolListener>();
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
      this.upstreams.get(instanceId)?.judgeAnew();
    });
    this.timer = setInterval(() => {
      this.sweep();
    }, SWEEP_EVERY_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    for (const id of [...this.upstreams.keys()]) this.drop(id);
  }

  get(route: CallableRoute): Upstream {
    const known = this.upstreams.get(route.instanceId);
    if (known !== undefined && connectionKey(known.route) === connectionKey(route)) return known;
    this.drop(route.instanceId);
    if (this.upstreams.size >= UPSTREAMS_MAX) this.dropLeastUsed();
    const upstream = new Upstream(
      route,
      (to, as) => this.connector.connect(to, as),
      systemClock,
      this.pins.judgeOf(route),
    );
    upstream.onListChanged((kind) => {
      for (const listener of this.listeners) listener(route.instanceId, kind);
    });
    this.upstreams.set(route.instanceId, upstream);
    return upstream;
  }

  /** What is known of it without making one. */
  peek(instanceId: string): Upstream | undefined {
    return this.upstreams.get(instanceId);
  }

  /** Told when a server says that a list of it changed. */
  onListChanged(listener: PoolListener): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  private follow(route: Route | undefined, instanceId: string): void {
    const known = this.upstreams.get(instanceId);
    if (known === undefined) return;
    if (route === undefined || !isCallable(route) || connectionKey(route) !== connectionKey(known.route)) {
      this.drop(instanceId);
    } else if (route.status === 'running') {
      known.tryNow();
    }
  }

  private sweep(): void {
    const nowMs = systemClock.monotonicMs();
    for (const [id, upstream] of this.upstreams) {
      upstream.reap(CLIENT_LEG_IDLE_MAX_MS);
      if (nowMs - upstream.lastUsedAtMs > IDLE_MAX_MS) this.drop(id);
    }
  }

  private dropLeastUsed(): void {
    const byUse = [...this.upstreams].sort(([, a], [, b]) => a.lastUsedAtMs - b.lastUsedAtMs);
    const [oldest] = byUse;
    if (oldest !== undefined) this.drop(oldest[0]);
  }

  private drop(instanceId: string): void {
    this.upstreams.get(instanceId)?.close();
    this.upstreams.delete(instanceId);
  }
}
