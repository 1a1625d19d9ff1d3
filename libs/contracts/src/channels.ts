/** Pub/sub carries numbers and ids only: a lost notice costs latency, never truth. */
export const CHANNELS = {
  /** A transaction left rows in the outbox; payload empty. */
  outbox: 'quayside_outbox',
  /** An event got its public sequence; payload: the sequence. */
  events: 'quayside_events',
  /** Events got numbers lately: told at once, then once a second while it goes on; payload empty. */
  activity: 'quayside_activity',
  /** An instance's row or status changed; payload: the instance id. */
  instances: 'quayside_instances',
  /** A virtual endpoint changed; payload: `<workspace id>:<name>`. */
  endpoints: 'quayside_endpoints',
  /** A secret got a new version or went; payload: `<scope>:<NAME>`. */
  secrets: 'quayside_secrets',
  /** Who may do what changed; payload: `<kind>:<id>`, of kind key, user, session, grant, workspace, issuer, setting or quota. */
  identity: 'quayside_identity',
  /** Dispatch has something to look at: a task is due, a slot is free, an agent asks; payload empty. */
  dispatch: 'quayside_dispatch',
  /** Waiting agents were given tasks; payload: the ids of their questions, separated by commas. */
  leases: 'quayside_leases',
  /** Runs can go on: what a stage waited for has ended; payload: their ids, separated by commas. */
  runs: 'quayside_runs',
  /** Somebody wants to know what tools a server has; payload: `<workspace id>:<instance id>`. */
  toolLists: 'quayside_tool_lists',
  /** Tools of an instance were pinned, changed or approved; payload: the instance id. */
  toolPins: 'quayside_tool_pins',
  /** A client came to an MCP face, or got on there; payload: what is known of it, as JSON. */
  visitors: 'quayside_visitors',
} as const;
export type Channel = (typeof CHANNELS)[keyof typeof CHANNELS];
