/** What the root says of this installation. */
export class PipelinesOptions {
  constructor(
    /** Without a slash at its end; addresses in answers begin with it. */
    readonly publicUrl: string,
    /** Of the product. */
    readonly version: string,
  ) {}
}
