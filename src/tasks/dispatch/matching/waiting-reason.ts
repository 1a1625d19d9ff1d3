/** Stable: clients branch on it. */
export const WAITING_CODES = [
  'not_due',
  'dispatching',
  'max_concurrent_tasks',
  'type_limit',
  'key_limit',
  'quota',
  'wanted_agent_unknown',
  'no_agent',
  'no_capable_agent',
  'agents_lost',
  'agents_draining',
  'agents_closed',
  'agents_busy',
  'agents_not_asking',
] as const;
export type WaitingCode = (typeof WAITING_CODES)[number];

export interface WaitingReason {
  readonly code: WaitingCode;
  /** For people; one sentence. */
  readonly sentence: string;
}
