import {
  createLocalJWKSet,
  errors,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWSHeaderParameters,
} from 'jose';
import { parseJson } from '@app/http';
import { type Clock } from '@app/kernel';
import { SingleFlight } from '@app/resilience';
import { type FetchLike } from '@app/security';

/** So old may a set be without a look at whether it still holds. */
const FRESH_MS = 5 * 60_000;
/** While the issuer is away, what it said last holds so long; then nothing does. */
const USABLE_MS = 60 * 60_000;
/** An issuer that is away is asked this often, not by every token. */
const PAUSE_AFTER_FAILURE_MS = 10_000;
/** Names of keys can be invented: they make us ask this often and not more. */
const UNKNOWN_KEY_PAUSE_MS = 10_000;
const FETCH_LIMIT_MS = 5_000;
const MAX_SET_BYTES = 256 * 1_024;
const MAX_KEYS = 100;

type KeyResolver = ReturnType<typeof createLocalJWKSet>;
type Key = Awaited<ReturnType<KeyResolver>>;

interface KnownSet {
  readonly resolve: KeyResolver;
  readonly text: string;
  readonly confirmedAtMs: number;
}

/** Nothing is known of the keys, or not recently enough. */
export class KeySetUnavailableError extends Error {
  override readonly name = 'KeySetUnavailableError';
}

/** The public keys of one issuer, by its JWKS address. */
export class KeySet {
  #known: KnownSet | undefined;
  #failedAtMs = Number.NEGATIVE_INFINITY;
  #askedForUnknownAtMs = Number.NEGATIVE_INFINITY;
  #lastFailure: unknown;
  readonly #flights = new SingleFlight<'fetch', void>();

  constructor(
    private readonly url: string,
    private readonly fetch: FetchLike,
    private readonly clock: Clock,
    /** Keys came or went: what was verified with the former ones is no longer known to hold. */
    private readonly onChange: () => void,
  ) {}

  /** The key that a token names, of those that the issuer publishes now. For `jwtVerify`, which checks the algorithm first. */
  readonly keyFor = async (header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<Key> => {
    const { resolve } = await this.current();
    try {
      return await resolve(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !this.mayAskForUnknown()) throw error;
    }
    // Keys change: a name that we never heard of may be a new one.
    this.#askedForUnknownAtMs = this.clock.monotonicMs();
    await this.refresh();
    return (await this.current()).resolve(header, token);
  };

  private async current(): Promise<KnownSet> {
    if (this.ageMs() >= FRESH_MS && this.sinceMs(this.#failedAtMs) >= PAUSE_AFTER_FAILURE_MS)
      await this.refresh();
    const known = this.#known;
    if (known === undefined || this.ageMs() >= USABLE_MS)
      throw new KeySetUnavailableError('no keys', { cause: this.#lastFailure });
    return known;
  }

  private mayAskForUnknown(): boolean {
    const isFlying = this.#flights.size > 0;
    return isFlying || this.sinceMs(this.#askedForUnknownAtMs) >= UNKNOWN_KEY_PAUSE_MS;
  }

  private ageMs(): number {
    return this.#known === undefined ? Number.POSITIVE_INFINITY : this.sinceMs(this.#known.confirmedAtMs);
  }

  private sinceMs(atMs: number): number {
    return this.clock.monotonicMs() - atMs;
  }

  /** Never rejects: what is known afterwards is what counts. One at a time, shared by all who ask meanwhile. */
  private refresh(): Promise<void> {
    return this.#flights.run('fetch', async () => {
      const startedAtMs = this.clock.monotonicMs();
      try {
        this.take(await this.read(), startedAtMs);
      } catch (error) {
        this.#failedAtMs = this.clock.monotonicMs();
        this.#lastFailure = error;
      }
    });
  }

  private async read(): Promise<string> {
    const answer = await this.fetch(this.url, {
      headers: { accept: 'application/jwk-set+json, application/json' },
      signal: AbortSignal.timeout(FETCH_LIMIT_MS),
    });
    if (answer.status !== 200) throw new Error(`the keys' address answers with status ${answer.status}`);
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (bytes.length > MAX_SET_BYTES) throw new Error('the set of keys is too large');
    return bytes.toString('utf8');
  }

  private take(text: string, confirmedAtMs: number): void {
    const known = this.#known;
    const isSame = known?.text === text;
    this.#known = isSame ? { ...known, confirmedAtMs } : { resolve: resolverOf(text), text, confirmedAtMs };
    if (!isSame) this.onChange();
  }
}

function resolverOf(text: string): KeyResolver {
  const set = parseJson(Buffer.from(text)) as Partial<JSONWebKeySet> | null | undefined;
  const keys = set?.keys;
  if (!Array.isArray(keys) || keys.length > MAX_KEYS) throw new Error('this is not a set of keys');
  return createLocalJWKSet({ keys });
}
