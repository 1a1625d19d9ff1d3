/** How this process resolves secrets; made by the roots. */
export class SecretsOptions {
  constructor(
    /** The variables of the process, as `secret_ref:env:NAME` sees them. */
    readonly environment: Readonly<Record<string, string | undefined>>,
    /** Names of our own settings: never readable as secrets. */
    readonly ownSettings: ReadonlySet<string>,
    /** A value is kept in memory no longer than this. */
    readonly cacheTtlMs: number = 60_000,
    /** Where the secrets of all scopes lie but those of instances and of the process: `own`, or an address. */
    readonly provider: string = 'own',
  ) {}
}
