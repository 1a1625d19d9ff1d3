export const RANGES = ['1h', '24h', '7d'] as const;
export type Range = (typeof RANGES)[number];

export interface OverviewSearch {
  readonly range?: Range;
}

/** Whatever an old link says: what is not known any more is left out, not refused. */
export function validateOverviewSearch(search: Record<string, unknown>): OverviewSearch {
  const range = RANGES.find((one) => one === search['range']);
  return range === undefined ? {} : { range };
}
