const DAY_MS = 86_400_000;

export interface Term {
  /** Days; empty: for ever. */
  readonly value: string;
  readonly label: string;
}

/** The ends that come before the one a key has: no later one would be taken. */
export function sooner(terms: readonly Term[], endsAt: string | null, nowMs: number): readonly Term[] {
  const endMs = endsAt === null ? Number.POSITIVE_INFINITY : Date.parse(endsAt);
  return terms.filter(({ value }) => value !== '' && nowMs + Number(value) * DAY_MS < endMs);
}
