import {
  type DesiredState,
  type InstancePhase,
  type InstanceSpec,
  type UpstreamReport,
} from '@app/contracts';

/** What the gateway must know of an instance to call it and to say how it is. */
export interface Route {
  readonly instanceId: string;
  readonly workspaceId: string;
  /** Unique in its workspace. */
  readonly name: string;
  readonly spec: InstanceSpec;
  readonly desiredState: DesiredState;
  /** What its containers are made for: with the next one they are others. */
  readonly generation: number;
  /** Where this is one of several servers of the instance. */
  readonly replica?: number;
  readonly status: InstancePhase;
  readonly reason: string;
  readonly upstream: UpstreamReport | null;
  readonly tools: number | null;
  readonly era: 'older' | 'newer' | null;
  readonly latencyMs: number | null;
  readonly lastCheckedAt: Date | null;
  readonly nextAttemptAt: Date | null;
  /** Changes with every write to either row; an older one never replaces a newer one. */
  readonly version: RouteVersion;
}

export interface RouteVersion {
  readonly row: number;
  readonly observedGeneration: number;
  readonly statusSequence: number;
}

/** In these states something answers, or may: `unknown` says only that the engine does not. */
const CALLABLE: ReadonlySet<InstancePhase> = new Set(['running', 'degraded', 'unhealthy', 'unknown']);

export interface CallableRoute extends Route {
  readonly upstream: UpstreamReport;
}

export const isCallable = (route: Route): route is CallableRoute =>
  route.desiredState === 'running' && route.upstream !== null && CALLABLE.has(route.status);

/** Asked at each call, and a route never changes once it is made. */
const KEYS = new WeakMap<Route, string>();

/** Two routes with the same key can share a connection. */
export function connectionKey(route: Route): string {
  const known = KEYS.get(route);
  if (known !== undefined) return known;
  const { generation, upstream, spec } = route;
  const key = JSON.stringify([generation, upstream, spec]);
  KEYS.set(route, key);
  return key;
}

/** Compared part by part; 0 when equal. */
export function compareVersions(a: RouteVersion, b: RouteVersion): number {
  return a.row - b.row || a.observedGeneration - b.observedGeneration || a.statusSequence - b.statusSequence;
}
