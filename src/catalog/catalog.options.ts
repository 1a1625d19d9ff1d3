import { type EnvironmentVariable } from '@app/contracts';

export interface BundledTemplate {
  readonly name: string;
  readonly description: string;
  readonly envSchema: readonly EnvironmentVariable[];
}

/** What the roots decide about the catalogue. */
export class CatalogOptions {
  constructor(
    /** The servers that ship with us; each becomes a template. */
    readonly bundled: readonly BundledTemplate[],
  ) {}
}
