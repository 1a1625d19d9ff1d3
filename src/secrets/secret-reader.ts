import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CHANNELS, parseSecretReference } from '@app/contracts';
import { isDatabaseUnavailable } from '@app/database';
import { PubSub } from '@app/queues';
import { Scrubber } from '@app/telemetry';
import { type SecretValue } from './domain/secret-provider';
import { InstanceWorkspaces } from './instance-workspaces';
import { SecretProviders } from './secret-providers';
import { SecretsOptions } from './secrets.options';

interface CachedValue extends SecretValue {
  readonly address: string;
  readonly until: number;
}

/** Values in memory at once; past it the oldest go. */
const CACHED_MAX = 5_000;
/** Kept so long after its time, in case the store goes away: a value of a server in use is always younger. */
const SPARE_MS = 60_000;
/** While the store is away, what was known when it went is believed for so long: calls to running servers go on. */
const OUTAGE_MAX_MS = 15 * 60_000;
const FORGET_EVERY_MS = 30_000;

/** The reading side: for the provisioner at a start, for the gateway's headers, and for nobody else. */
@Injectable()
export class SecretReader implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(SecretReader.name);
  private readonly cache = new Map<string, CachedValue>();
  /** Grows with each invalidation: what was being read meanwhile may be old and is not kept. */
  private epoch = 0;
  private awaySinceMs: number | undefined;
  private unsubscribe: (() => Promise<void>) | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly providers: SecretProviders,
    private readonly workspaces: InstanceWorkspaces,
    private readonly options: SecretsOptions,
    private readonly scrubber: Scrubber,
    private readonly pubsub: PubSub,
  ) {}

  /** Without the channel a value may be as old as the cache lets it be, which is why starting does not depend on it. */
  async onApplicationBootstrap(): Promise<void> {
    this.timer = setInterval(() => {
      this.forgetOld();
    }, FORGET_EVERY_MS).unref();
    this.pubsub.onReconnect(() => {
      this.expireAll();
    });
    try {
      this.unsubscribe = await this.pubsub.subscribe(CHANNELS.secrets, (address) => {
        this.invalidate(address);
      });
    } catch (error) {
      this.logger.warn(`changes of secrets are noticed by age only: ${String(error)}`);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.unsubscribe?.();
    this.cache.clear();
  }

  /**
   * What a live instance refers to, looked up in its workspace: values under the references' own texts. Throws a
   * `SecretUnreadableError` when one cannot be had.
   */
  async read(references: readonly string[], instanceId: string): Promise<Map<string, SecretValue>> {
    return this.readFor(references, await this.workspaces.of(instanceId));
  }

  /** The same for what belongs to no instance. */
  async readFor(references: readonly string[], workspaceId: string): Promise<Map<string, SecretValue>> {
    const now = performance.now();
    const values = new Map<string, SecretValue>();
    for (const text of references) {
      const cached = this.cache.get(keyOf(workspaceId, text));
      if (cached !== undefined && cached.until > now) values.set(text, cached);
    }
    const absent = [...new Set(references)].filter((text) => !values.has(text));
    if (absent.length === 0) return values;
    for (const [text, value] of await this.loadOrRemember(absent, workspaceId)) values.set(text, value);
    return values;
  }

  /** A value that was changed or deleted is not remembered: its notice took it out. */
  private async loadOrRemember(
    texts: readonly string[],
    workspaceId: string,
  ): Promise<ReadonlyMap<string, SecretValue>> {
    try {
      return await this.load(texts, workspaceId);
    } catch (error) {
      if (!isDatabaseUnavailable(error)) throw error;
      this.awaySinceMs ??= performance.now();
      const oldest = this.oldestKept();
      const known = texts.map((text) => [text, this.cache.get(keyOf(workspaceId, text))] as const);
      const remembered = known.flatMap(([text, value]) =>
        value !== undefined && value.until > oldest ? [[text, value] as const] : [],
      );
      if (remembered.length < texts.length) throw error;
      return new Map(remembered);
    }
  }

  private forgetOld(): void {
    const oldest = this.oldestKept();
    for (const [text, { until }] of this.cache) if (until <= oldest) this.cache.delete(text);
  }

  /** Values whose time was over before this are forgotten. An outage stops the clock, and ends at some time. */
  private oldestKept(): number {
    const now = performance.now();
    const since = this.awaySinceMs ?? now;
    return now - since > OUTAGE_MAX_MS ? now : since - SPARE_MS;
  }

  private async load(texts: readonly string[], workspaceId: string): Promise<Map<string, SecretValue>> {
    const { epoch } = this;
    const read = await this.providers.read(texts, workspaceId);
    this.awaySinceMs = undefined;
    for (const [text, value] of read) {
      this.scrubber.learn(value.value, text);
      if (epoch === this.epoch) this.keep(workspaceId, text, value);
    }
    return read;
  }

  private keep(workspaceId: string, text: string, value: SecretValue): void {
    const reference = parseSecretReference(text);
    if (reference === undefined) return;
    const oldest = this.cache.keys().next();
    if (this.cache.size >= CACHED_MAX && oldest.done !== true) this.cache.delete(oldest.value);
    const address = `${reference.scope}:${reference.name}`;
    const until = performance.now() + this.options.cacheTtlMs;
    this.cache.set(keyOf(workspaceId, text), { ...value, address, until });
  }

  /** Notices may have been lost: everything is read again. What cannot be read may still be believed. */
  private expireAll(): void {
    this.epoch += 1;
    const now = performance.now();
    for (const [text, value] of this.cache)
      this.cache.set(text, { ...value, until: Math.min(value.until, now) });
  }

  private invalidate(address: string): void {
    this.epoch += 1;
    for (const [text, cached] of this.cache) if (cached.address === address) this.cache.delete(text);
  }
}

/** The same reference leads to another secret in each workspace. */
const keyOf = (workspaceId: string, text: string): string => `${workspaceId} ${text}`;
