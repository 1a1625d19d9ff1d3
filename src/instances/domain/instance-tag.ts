/** Six digits for what was seen, the others for what is wanted. */
const SEEN_VALUES = 1_000_000;

/** An answer shows both the wish and what was seen of it, so its tag counts both. */
export const instanceTag = (rowVersion: number, statusSequence: number): number =>
  rowVersion * SEEN_VALUES + (statusSequence % SEEN_VALUES);

/** The version of the wish that a tag was made for: the part that a change may collide with. */
export const wishOfTag = (tag: number): number => (tag < SEEN_VALUES ? tag : Math.floor(tag / SEEN_VALUES));
