import { BufferPool } from './buffer-pool';

/** Bodies of answers are gathered up to here, so that what is wrong with them can still become a proper answer. */
export const GATHERED_MAX_BYTES = 256 * 1024;

/** Of bodies that came in pieces and were put together: whoever is the last to look at one may give it back. */
export const gatheredBodies = new BufferPool(GATHERED_MAX_BYTES);

/** The pieces as one. */
export function gather(pieces: readonly Buffer[], bytes: number): Buffer {
  const whole = gatheredBodies.take(bytes);
  let at = 0;
  for (const piece of pieces) at += piece.copy(whole, at);
  return whole;
}
