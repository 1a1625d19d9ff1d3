/** Why something is allowed or not. */
export type Verdict =
  // Allowed.
  | 'held'
  | 'open'
  | 'administers'
  | 'granted'
  // Not allowed, and no secret that it is there.
  | 'not_held'
  | 'of_installation'
  | 'not_in_grant'
  // Not there for this caller.
  | 'nobody'
  | 'elsewhere'
  | 'outside_key'
  | 'not_granted'
  | 'tool_not_granted';
