/** Heartbeats a second of all agents together; what they cost does not grow with their number. */
const HEARTBEATS_PER_S = 40;
const SHORTEST_INTERVAL_S = 5;
const LONGEST_INTERVAL_S = 300;
/** An agent may miss two heartbeats, and a busy machine may be late by seconds. */
const INTERVALS_PER_LEASE = 3;
const SHORTEST_LEASE_S = 30;
/** After this many intervals without one, a heartbeat was missed. */
const MISSED_AFTER_INTERVALS = 1.5;
/** Agents that started together must not speak together for ever. Only ever earlier than the interval, never later. */
const JITTER = 0.2;

export interface Pace {
  readonly intervalS: number;
  /** How long an agent is believed to be there after it was heard of. */
  readonly leaseS: number;
  readonly missedAfterS: number;
}

/** How often this many agents should say that they live. */
export function paceFor(agents: number): Pace {
  const fair = Math.ceil(agents / HEARTBEATS_PER_S);
  const intervalS = Math.min(Math.max(fair, SHORTEST_INTERVAL_S), LONGEST_INTERVAL_S);
  return {
    intervalS,
    leaseS: Math.max(intervalS * INTERVALS_PER_LEASE, SHORTEST_LEASE_S),
    missedAfterS: intervalS * MISSED_AFTER_INTERVALS,
  };
}

/** Seconds until the next heartbeat; `random` is in [0, 1). */
export const nextHeartbeatS = ({ intervalS }: Pace, random: number): number =>
  Math.round(intervalS * (1 - JITTER * random) * 10) / 10;
