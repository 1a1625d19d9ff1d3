import { type ImageInfo } from '@app/container-engine';
import { type LastErrorReport, type SecretDelivery } from '@app/contracts';
import { type McpEra } from '@app/mcp';
import { type Desired } from '../decide/desired';
import { ProbeHistory } from '../probe/probe-history';
import { type ProbeAnswer } from '../probe/prober';
import { type Observed, type ReplicaHealth, UNKNOWN_HEALTH } from '../decide/observed';

/** What a replica said of itself when it was last asked. */
export interface ReplicaAnswer extends ProbeAnswer {
  readonly urls: readonly string[];
}

export interface SecretUse {
  readonly ref: string;
  readonly version: number;
}

/** A container that serves one session of a client. */
export interface SessionContainer {
  readonly id: string;
  readonly name: string;
  readonly replica: number;
  readonly session: string;
}

/** The last look, with what own steps have changed since. */
export interface Seen {
  readonly desired: Desired;
  readonly observed: Observed;
  readonly lookedAtMs: number;
}

/** What this process remembers of one instance: a cache of what looking would show, and the backoff. */
export class InstanceMemory {
  generation = -1;
  specHash = '';
  health: ReadonlyMap<number, ReplicaHealth> = new Map();
  readonly answers = new Map<number, ReplicaAnswer>();
  /** For people: how it answered lately. A new generation is another server. */
  readonly probes = new ProbeHistory();
  /** What is being done right now, for people. */
  activity: string | null = null;
  /** undefined: nothing new to report. null: what was reported before is settled. */
  lastError: LastErrorReport | null | undefined;
  /** Opened since the last report. */
  readonly secretsRead: SecretUse[] = [];
  /** Could not be opened since the last report. */
  readonly secretsFailed: string[] = [];
  delivery: { readonly way: SecretDelivery; readonly reason: string | null } | null = null;
  image: ImageInfo | undefined;
  /** Its own network, as the last look found it. */
  networkId: string | undefined;
  /** Of single sessions of clients, as the last look found them. */
  sessions: readonly SessionContainer[] = [];
  /** Where its containers were found when they were last inspected, by id. */
  readonly addresses = new Map<string, { readonly found: readonly string[]; readonly atMs: number }>();
  /** undefined: it has to be looked at. */
  seen: Seen | undefined;
  lastExcusedAtMs: number | null = null;
  /** The server dies of the question which era it speaks; asked once, then known. */
  bridgeEra: McpEra | undefined;
  /** The process is expected to have ended of that question, once. */
  diedOfQuestion = false;
  /** The last output of the last container that ended, scrubbed: logs outlive their container. */
  lastOutput: readonly string[] = [];

  /** By reference: the version that was told, or that it could not be read. */
  readonly #knownUses = new Map<string, number | 'failed'>();

  get hasSecretNews(): boolean {
    return this.secretsRead.length + this.secretsFailed.length > 0;
  }

  /** A use is told once per version and generation: a probe every ten seconds is one use, not thousands. */
  noteSecret({ ref, version }: SecretUse): void {
    if (this.#knownUses.get(ref) === version) return;
    this.#knownUses.set(ref, version);
    this.secretsRead.push({ ref, version });
  }

  /** A read that failed is a fact too; told once until it succeeds, or a new container needs it. */
  noteSecretFailure(ref: string): void {
    if (this.#knownUses.get(ref) === 'failed') return;
    this.#knownUses.set(ref, 'failed');
    this.secretsFailed.push(ref);
  }

  /** A new container is a new use of its secrets. */
  forgetSecretUses(): void {
    this.#knownUses.clear();
  }

  /** Facts about another generation do not count for this one. Returns whether it is new. */
  turnTo({ containerGeneration: generation, specHash }: Desired): boolean {
    if (this.generation === generation && this.specHash === specHash) return false;
    // Somebody changed it, so the trouble of the former generation is history. After a start nothing is known yet.
    if (this.generation !== -1) this.lastError = null;
    this.generation = generation;
    this.specHash = specHash;
    this.health = new Map();
    this.answers.clear();
    this.probes.clear();
    this.activity = null;
    this.delivery = null;
    this.image = undefined;
    this.seen = undefined;
    this.sessions = [];
    this.addresses.clear();
    this.bridgeEra = undefined;
    this.lastExcusedAtMs = null;
    this.#knownUses.clear();
    return true;
  }

  healthOf(replica: number): ReplicaHealth {
    return this.health.get(replica) ?? UNKNOWN_HEALTH;
  }

  setHealth(replica: number, health: ReplicaHealth): void {
    this.health = new Map(this.health).set(replica, health);
  }
}

/** One memory per instance that exists; `forget` is called when its row is gone. */
export class Memories {
  readonly #byId = new Map<string, InstanceMemory>();

  of(instanceId: string): InstanceMemory {
    const known = this.#byId.get(instanceId);
    if (known !== undefined) return known;
    const memory = new InstanceMemory();
    this.#byId.set(instanceId, memory);
    return memory;
  }

  peek(instanceId: string): InstanceMemory | undefined {
    return this.#byId.get(instanceId);
  }

  forget(instanceId: string): void {
    this.#byId.delete(instanceId);
  }

  /** Another process acted meanwhile: everything is learned anew. */
  clear(): void {
    this.#byId.clear();
  }
}
