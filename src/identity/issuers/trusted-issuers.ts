import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  Optional,
} from '@nestjs/common';
import { systemClock } from '@app/kernel';
import { Scrubber } from '@app/telemetry';
import { IdentityNotices } from '../identity-notices';
import { IdentityOptions } from '../identity.options';
import { type TrustedIssuer } from './domain/trusted-issuer';
import { IssuerSettings } from './issuer-settings';
import { IssuerStore } from './issuer-store';

/** Covers every notice that was lost. */
const RELOAD_EVERY_MS = 30_000;
const RETRY_EVERY_MS = 2_000;

type Listener = () => void;

/**
 * All issuers in memory, so that a token costs no question to the database. While that is away they hold as long as
 * callers in memory do; those of the settings hold always.
 */
@Injectable()
export class TrustedIssuers implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(TrustedIssuers.name);
  private readonly listeners = new Set<Listener>();
  private readonly builtIn: readonly TrustedIssuer[];
  private known: readonly TrustedIssuer[] = [];
  private versions = '';
  private confirmedAtMs = Number.NEGATIVE_INFINITY;
  private timer: NodeJS.Timeout | undefined;
  private loading: Promise<void> | undefined;
  private isStopped = false;

  constructor(
    private readonly store: IssuerStore,
    private readonly scrubber: Scrubber,
    private readonly options: IdentityOptions,
    notices: IdentityNotices,
    @Optional() private readonly settings: IssuerSettings = new IssuerSettings(),
  ) {
    this.builtIn = settings.builtIn;
    notices.on('issuer', () => void this.reload());
    notices.on('workspace', () => void this.reload());
  }

  onApplicationBootstrap(): Promise<void> {
    return this.reload();
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.loading;
  }

  /** Those of the settings first. */
  all(): readonly TrustedIssuer[] {
    const isStale = systemClock.monotonicMs() - this.confirmedAtMs > this.options.maxStalenessMs;
    return isStale ? this.builtIn : [...this.builtIn, ...this.known];
  }

  get fromSettings(): readonly TrustedIssuer[] {
    return this.builtIn;
  }

  /** What was verified for one of them may not hold any more. */
  onChange(listener: Listener): void {
    this.listeners.add(listener);
  }

  /** Never rejects. A look that is under way may have missed what asks for this one, so another follows it. */
  async reload(): Promise<void> {
    await this.loading;
    this.loading ??= this.load().finally(() => {
      this.loading = undefined;
    });
    await this.loading;
  }

  private async load(): Promise<void> {
    if (!this.settings.knowsStored) return;
    clearTimeout(this.timer);
    const startedAtMs = systemClock.monotonicMs();
    try {
      const stored = await this.store.all();
      this.confirmedAtMs = startedAtMs;
      this.take(
        stored.map(({ issuer }) => issuer),
        stored.map(({ issuer, rowVersion }) => `${issuer.id}.${rowVersion}`).join(),
      );
      this.plan(RELOAD_EVERY_MS);
    } catch (error) {
      this.logger.warn(`the trusted issuers stay as they are: ${String(error)}`);
      this.plan(RETRY_EVERY_MS);
    }
  }

  private take(issuers: readonly TrustedIssuer[], versions: string): void {
    if (versions === this.versions) return;
    this.known = issuers;
    this.versions = versions;
    for (const { name, sharedSecret, clientSecret } of issuers) {
      if (sharedSecret !== undefined)
        this.scrubber.learn(Buffer.from(sharedSecret).toString('utf8'), `issuer ${name}`);
      if (clientSecret !== undefined) this.scrubber.learn(clientSecret, `issuer ${name}`);
    }
    for (const listener of this.listeners) listener();
  }

  private plan(delayMs: number): void {
    if (this.isStopped) return;
    this.timer = setTimeout(() => void this.reload(), delayMs).unref();
  }
}
