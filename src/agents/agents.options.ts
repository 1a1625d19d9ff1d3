/** What the roots decide about agents. */
export class AgentsOptions {
  constructor(
    /** Agents registered at once, of the whole installation. */
    readonly maxAgents: number,
    /** Without a slash at its end; addresses in answers begin with it. */
    readonly publicUrl: string,
  ) {}
}
