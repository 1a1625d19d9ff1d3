/** Made by the roots. */
export class GatewayOptions {
  constructor(
    /** How users reach us, without a slash at the end: goes into client configurations. */
    readonly publicUrl: string,
    /** A call's time limit where its instance names none. */
    readonly defaultCallTimeoutMs: number = 30_000,
    /** How long routes in memory are believed while the database is away. Follows the stored setting of that name. */
    public maxStalenessMs: number = 15 * 60_000,
  ) {}
}
