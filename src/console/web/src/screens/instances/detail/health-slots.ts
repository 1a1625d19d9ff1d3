export interface Phase {
  readonly at: string;
  readonly phase: string;
  readonly reason: string | null;
}

export interface Slot {
  readonly at: number;
  readonly phase?: string;
  readonly reason?: string | null;
}

export const SLOTS = 90;
/** Of several phases in one slot the worst is shown: a short failure must not vanish in a long day. */
const WEIGHT: Readonly<Record<string, number>> = {
  failed: 5,
  unhealthy: 4,
  degraded: 3,
  unknown: 3,
  restarting: 2,
};
const weightOf = ({ phase }: Phase): number => WEIGHT[phase] ?? 1;

/** Phases begin when they are told of and last until the next; before the first nothing is known. */
export function slotsOf(
  phases: readonly Phase[],
  from: number,
  to: number,
): { readonly slots: readonly Slot[]; readonly runningShare: number | undefined } {
  const spans = phases.map((phase, at) => ({
    phase,
    begin: Math.max(from, Date.parse(phase.at)),
    end: at + 1 < phases.length ? Date.parse(phases[at + 1]?.at ?? '') : to,
  }));
  const width = (to - from) / SLOTS;
  const slots = Array.from({ length: SLOTS }, (_, index): Slot => {
    const at = from + index * width;
    const here = spans.filter(({ begin, end }) => begin < at + width && end > at).map(({ phase }) => phase);
    const worst = here.reduce<Phase | undefined>(
      (found, one) => (found === undefined || weightOf(one) >= weightOf(found) ? one : found),
      undefined,
    );
    return worst === undefined ? { at } : { at, phase: worst.phase, reason: worst.reason };
  });
  const known = spans.reduce((sum, { begin, end }) => sum + Math.max(0, end - begin), 0);
  const running = spans
    .filter(({ phase }) => phase.phase === 'running')
    .reduce((sum, { begin, end }) => sum + Math.max(0, end - begin), 0);
  return { slots, runningShare: known === 0 ? undefined : running / known };
}
