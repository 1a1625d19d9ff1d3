/** What is repeated when an upstream lost a session. */
export interface SessionNotes {
  /** Of the client's `initialize`, as JSON. */
  readonly params: string;
  /** The id that the upstream knows the session by now. */
  current: string;
  /** Which of several replicas has it. */
  replica: number;
  logLevel: string | undefined;
  readonly uris: Set<string>;
}
