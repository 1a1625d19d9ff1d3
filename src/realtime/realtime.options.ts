export class RealtimeOptions {
  /** Names the installation as the source of its events. */
  constructor(readonly installationId: string) {}
}
