/** What the roots decide about the registry. */
export class RegistryOptions {
  constructor(
    /** Without a slash at its end; addresses in answers begin with it. */
    readonly publicUrl: string,
  ) {}
}
