let oldest: number | undefined;

/** Every answer says in `Quayside-Sequence` up to which event it was made. */
export function noteSnapshot(response: Response): void {
  const sequence = Number(response.headers.get('quayside-sequence') ?? Number.NaN);
  if (Number.isInteger(sequence)) oldest = Math.min(oldest ?? sequence, sequence);
}

/** What came after this number may be missing in something on the page; undefined: nothing was asked yet. */
export const oldestSnapshot = (): number | undefined => oldest;
