/** Shorter keys can be guessed; the settings check says the same with a fix. */
const MIN_BOOTSTRAP_KEY_LENGTH = 32;
const DEFAULT_MAX_STALENESS_MS = 15 * 60_000;

export class IdentityOptions {
  constructor(
    /** The bootstrap administrator's key; the only credential that needs no database. */
    readonly bootstrapApiKey: string,
    /** How long keys in memory are believed while the database is away. */
    readonly maxStalenessMs: number = DEFAULT_MAX_STALENESS_MS,
  ) {
    if (bootstrapApiKey.length < MIN_BOOTSTRAP_KEY_LENGTH) {
      throw new Error(`API_KEY needs at least ${MIN_BOOTSTRAP_KEY_LENGTH} characters`);
    }
  }
}
