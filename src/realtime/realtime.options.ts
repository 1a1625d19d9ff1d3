export class RealtimeOptions {
  constructor(
    /** Names the installation as the source of its events. */
    readonly installationId: string,
    /** Where it is reached: schemas of events lie there. */
    readonly publicUrl: string,
  ) {}
}
