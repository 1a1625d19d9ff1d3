export const PHASES = ['requested', 'creating', 'created', 'starting', 'running'] as const;
type Phase = (typeof PHASES)[number];

export interface Step {
  readonly phase: Phase;
  readonly state: 'done' | 'now' | 'ahead' | 'failed';
  /** How long it lasted; absent while that is not known. */
  readonly seconds?: string;
}

interface Happened {
  readonly name: string;
  readonly at: string;
}

const MS = 1_000;

/** From what happened, newest first, to the five steps of a start. */
export function stepsOf(status: string, events: readonly Happened[]): readonly Step[] {
  const begun = PHASES.map((phase) => beginningOf(phase, events));
  const reached = Math.max(
    PHASES.findIndex((phase) => phase === status),
    begun.findLastIndex((at) => at !== undefined),
    0,
  );
  const isOver = status === 'running' || status === 'degraded';
  return PHASES.map((phase, at) => {
    const seconds = secondsOf(begun, at);
    return {
      phase,
      state: stateOf(at, reached, status, isOver),
      ...(seconds === undefined ? {} : { seconds }),
    };
  });
}

function stateOf(at: number, reached: number, status: string, isOver: boolean): Step['state'] {
  if (at < reached || isOver) return 'done';
  if (at > reached) return 'ahead';
  return status === 'failed' ? 'failed' : 'now';
}

/** The newest: a second try begins anew. */
const beginningOf = (phase: Phase, events: readonly Happened[]): number | undefined => {
  const name = phase === 'requested' ? 'mcp.instance.create.requested' : `mcp.instance.${phase}`;
  const at = events.find((each) => each.name === name)?.at;
  return at === undefined ? undefined : Date.parse(at);
};

function secondsOf(begun: readonly (number | undefined)[], at: number): string | undefined {
  const [start, end] = [begun[at], begun.slice(at + 1).find((each) => each !== undefined)];
  if (start === undefined || end === undefined || end < start) return undefined;
  return ((end - start) / MS).toFixed(1);
}
