/** The member under which an event of a run keeps them; its readers get `completed_stages`. */
const STORED_AS = 'completed_bits';
const BITS = 8;

/**
 * Which stages of a run completed, as one bit for each. A list of them in each event would make a run of n stages store
 * n × n numbers: 500 stages would write a megabyte to say what the last event says.
 */
export function storedStages(positions: readonly number[]): { readonly [STORED_AS]: string } {
  const last = positions.reduce((highest, position) => Math.max(highest, position), -1);
  const bits = Buffer.alloc(Math.ceil((last + 1) / BITS));
  for (const position of positions) {
    const at = Math.floor(position / BITS);
    bits[at] = (bits[at] ?? 0) | (1 << (position % BITS));
  }
  return { [STORED_AS]: bits.toString('base64') };
}

/** What an event says, as its schema has it: the stages by their positions, in their order. */
export function toldStages<T extends Readonly<Record<string, unknown>>>(data: T): T {
  const { [STORED_AS]: stored, ...rest } = data;
  // Events of other things, and those that were written with the list.
  if (typeof stored !== 'string') return data;
  return { ...rest, completed_stages: positionsIn(Buffer.from(stored, 'base64')) } as unknown as T;
}

const positionsIn = (bits: Buffer): readonly number[] =>
  [...bits].flatMap((byte, at) =>
    PLACES.filter((place) => (byte & (1 << place)) !== 0).map((place) => at * BITS + place),
  );

const PLACES = Array.from({ length: BITS }, (_, place) => place);
