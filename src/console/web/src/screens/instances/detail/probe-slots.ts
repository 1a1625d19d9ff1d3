export const PROBE_SLOTS = 90;

interface Probe {
  readonly ok: boolean;
}

/** The probes at the right end of a strip that always has the same width; empty places are not yet known. */
export function stripOf<P extends Probe>(
  probes: readonly P[],
): { readonly slots: readonly (P | undefined)[]; readonly missed: number } {
  const last = probes.slice(-PROBE_SLOTS);
  const empty = Array.from({ length: PROBE_SLOTS - last.length }, () => undefined);
  return { slots: [...empty, ...last], missed: last.filter(({ ok }) => !ok).length };
}
