/** Shorter keys can be guessed; the settings check says the same with a fix. */
const MIN_BOOTSTRAP_KEY_LENGTH = 32;
const DEFAULT_MAX_STALENESS_MS = 15 * 60_000;
const DEFAULT_PUBLIC_URL = 'http://localhost:8080';

export class IdentityOptions {
  constructor(
    /** The bootstrap administrator's key; the only credential that needs no database. */
    readonly bootstrapApiKey: string,
    /** How long callers in memory are believed while the database is away. Follows the stored setting of that name. */
    public maxStalenessMs: number = DEFAULT_MAX_STALENESS_MS,
    /** The addresses that users reach us by, without a slash at their end; the first is canonical and issues our tokens. */
    readonly publicUrls: readonly string[] = [DEFAULT_PUBLIC_URL],
  ) {
    if (bootstrapApiKey.length < MIN_BOOTSTRAP_KEY_LENGTH) {
      throw new Error(`API_KEY needs at least ${MIN_BOOTSTRAP_KEY_LENGTH} characters`);
    }
  }

  get publicUrl(): string {
    return this.publicUrls[0] ?? DEFAULT_PUBLIC_URL;
  }
}
