/** Made by the roots; without one, each process counts for itself. */
export class LimitsOptions {
  constructor(
    /** Where processes count together. */
    readonly redisUrl: string | undefined,
    /** Keeps installations apart in one Redis. */
    readonly installation: string,
  ) {}
}
