/** Questions to the holder of the engine's lease (request-reply). Every asker sets a timeout: nobody listening is silence. */
export const ENGINE_PATTERNS = {
  logs: 'engine.logs',
  stats: 'engine.stats',
  probes: 'engine.probes',
  inspect: 'engine.inspect',
  health: 'engine.health',
  image: 'engine.image',
  examine: 'engine.examine',
} as const;

export interface LogsRequest {
  readonly instance_id: string;
  /** 1 to 10,000 lines. */
  readonly tail: number;
}
export interface LogsReply {
  readonly lines: readonly string[];
  readonly live: boolean;
}

export interface InstanceRequest {
  readonly instance_id: string;
}
export interface StatsReply {
  readonly replicas: readonly {
    readonly replica: number;
    readonly cpu_percent: number;
    readonly memory_bytes: number;
    readonly memory_limit_bytes: number | null;
    readonly pids: number;
  }[];
}
/** The last probes, the oldest first: as many as the holder of the lease has made of this generation and remembers. */
export interface ProbesReply {
  readonly probes: readonly {
    readonly at: string;
    readonly replica: number;
    readonly ok: boolean;
    readonly latency_ms: number | null;
    /** Why it was missed. */
    readonly reason: string | null;
  }[];
}
/** Facts for `diagnose`: what the engine says of the instance's containers, without secrets. */
export interface InspectReply {
  readonly engine: EngineHealth;
  readonly containers: readonly {
    readonly replica: number;
    readonly id: string;
    readonly name: string;
    readonly state: string;
    readonly exit_code: number | null;
    readonly oom_killed: boolean;
    readonly started_at: string | null;
  }[];
  readonly image_present: boolean | null;
}
export interface EngineHealth {
  readonly kind: 'docker' | 'swarm' | 'process' | 'memory';
  readonly ok: boolean;
  /** One sentence: version when up, the cause when down. */
  readonly detail: string;
  readonly since: string;
  readonly version?: string;
  readonly app_armor?: boolean;
}

export interface ImageRequest {
  readonly image: string;
}
/** Whether an image could be run: it is there already, or its registry offers it. */
export interface ImageReply {
  readonly verdict: 'present' | 'pullable' | 'missing' | 'unknown';
  /** One sentence, in words that may be shown. */
  readonly detail: string;
}
