export interface RunSearch {
  /** The stage whose panel is open, by index; left out, the one that needs to be looked at. */
  readonly stage?: number;
}

export function validateRunSearch(search: Record<string, unknown>): RunSearch {
  const stage = Number(search['stage']);
  return search['stage'] !== undefined && Number.isInteger(stage) && stage >= 0 ? { stage } : {};
}
