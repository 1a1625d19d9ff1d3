/** Bounds of calls of the REST face that may ask their caller something. */
export class AskingLimits {
  /** From questions to answers: there is a person behind it. */
  readonly waitMs: number = 5 * 60_000;
  /** How often one call may ask before it has to come to its end. */
  readonly roundsMax: number = 8;
  /** Calls of servers of the older era that are kept open meanwhile; each is a call under way at its server. */
  readonly heldMax: number = 500;
  readonly heldPerCallerMax: number = 10;
}
