/** How an agent did with one thing that was given to it. */
export interface Outcome {
  readonly agentId: string;
  readonly failed: boolean;
  readonly latencyMs?: number;
}

/** Several outcomes as one step of a moving average: `new = old × keep + add`. */
export interface AverageStep {
  readonly agentId: string;
  readonly errorKeep: number;
  readonly errorAdd: number;
  readonly latencyKeep: number;
  readonly latencyAdd: number;
  /** What stands where there was no average before; null: nothing was measured. */
  readonly latencyFirst: number | null;
}

/** A fifth of the newest, so that an agent that recovered looks well again after about ten tasks. */
const WEIGHT = 0.2;
const NOTHING = { errorKeep: 1, errorAdd: 0, latencyKeep: 1, latencyAdd: 0, latencyFirst: null };

/** One step for each agent, the outcomes in the order in which they came. Pure: what is stored is known to the database only. */
export function averageSteps(outcomes: readonly Outcome[]): readonly AverageStep[] {
  const steps = new Map<string, AverageStep>();
  for (const outcome of outcomes) {
    const { agentId } = outcome;
    steps.set(agentId, further(steps.get(agentId) ?? { agentId, ...NOTHING }, outcome));
  }
  return [...steps.values()];
}

function further(step: AverageStep, { failed, latencyMs }: Outcome): AverageStep {
  const keep = 1 - WEIGHT;
  const errors = {
    errorKeep: step.errorKeep * keep,
    errorAdd: step.errorAdd * keep + (failed ? WEIGHT : 0),
  };
  if (latencyMs === undefined || !Number.isFinite(latencyMs)) return { ...step, ...errors };
  return {
    ...{ ...step, ...errors },
    latencyKeep: step.latencyKeep * keep,
    latencyAdd: step.latencyAdd * keep + latencyMs * WEIGHT,
    latencyFirst: step.latencyFirst === null ? latencyMs : step.latencyFirst * keep + latencyMs * WEIGHT,
  };
}
