import { type Candidate, type ScoredAgent, type ScoreParts } from './model';

/** How much each part counts; together 1, so that a score lies between 0 and 1. */
const WEIGHTS: ScoreParts = { free: 0.4, load: 0.3, errors: 0.2, latency: 0.1 };
/** An agent that answers in this time has half of what latency counts. */
const HALF_LATENCY_MS = 1_000;
/** Of whoever never answered yet nothing is known: neither good nor bad. */
const UNKNOWN_LATENCY_PART = 0.5;
const DIGITS = 4;

/** `running` counts what this pass has given already. Each part is better the nearer it is to 1. */
export function scoreOf(agent: Candidate, running: number): ScoredAgent {
  const parts: ScoreParts = {
    free: share((agent.maxTasks - running) / agent.maxTasks),
    load: share(1 - agent.load),
    errors: share(1 - agent.errorRate),
    latency:
      agent.latencyMs === null
        ? UNKNOWN_LATENCY_PART
        : share(HALF_LATENCY_MS / (HALF_LATENCY_MS + agent.latencyMs)),
  };
  const score =
    WEIGHTS.free * parts.free +
    WEIGHTS.load * parts.load +
    WEIGHTS.errors * parts.errors +
    WEIGHTS.latency * parts.latency;
  return { agentId: agent.id, agentName: agent.name, score: share(score), parts };
}

const share = (part: number): number => {
  const bounded = Math.min(1, Math.max(0, part));
  return Number.isNaN(bounded) ? 0 : Number(bounded.toFixed(DIGITS));
};
