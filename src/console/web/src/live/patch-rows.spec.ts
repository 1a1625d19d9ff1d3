import fc from 'fast-check';
import { patchRow, patchRows, remember, type RowPatch } from './patch-rows';

interface Thing extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly status: string;
  readonly load?: number;
}

const idOf = ({ id }: Thing): string => id;
const IDS = ['a', 'b', 'c'] as const;

/** What the server did, in its order: each event changes one thing. */
const history = fc
  .array(
    fc.record({
      id: fc.constantFrom(...IDS),
      status: fc.constantFrom('running', 'failed', 'stopped'),
      load: fc.option(fc.nat(9), { nil: undefined }),
    }),
    { maxLength: 30 },
  )
  .map((events) =>
    events.map(({ id, status, load }, at): RowPatch & { readonly sequence: number } => ({
      id,
      sequence: at + 1,
      changes: { status, ...(load === undefined ? {} : { load }) },
    })),
  );

/** What a reader would get who asked after so many events. */
const snapshotAt = (events: readonly RowPatch[], sequence: number): readonly Thing[] =>
  IDS.map((id) => {
    const mine = events.filter((event) => event.id === id && (event.sequence ?? 0) <= sequence);
    const row: Thing = Object.assign({ id, status: 'new' }, ...mine.map(({ changes }) => changes)) as Thing;
    remember(row, sequence);
    return row;
  });

/** In any order and each perhaps several times, cut into pieces as animation frames cut them. */
const shuffled = (events: readonly RowPatch[]) =>
  fc
    .tuple(
      fc.shuffledSubarray([...events, ...events], {
        minLength: events.length * 2,
        maxLength: events.length * 2,
      }),
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 10 }),
    )
    .map(([all, sizes]) => {
      const pieces: RowPatch[][] = [];
      for (let at = 0; at < all.length;) {
        const size = sizes[pieces.length % sizes.length] ?? 1;
        pieces.push(all.slice(at, at + size));
        at += size;
      }
      return pieces;
    });

describe('patching rows', () => {
  it('by all events at once gives what a reading gives, in whatever order and however often they come', () => {
    const cases = history.chain((events) =>
      fc.tuple(
        fc.constant(events),
        fc.nat(events.length),
        shuffled(events).map((pieces) => pieces.flat()),
      ),
    );
    fc.assert(
      fc.property(cases, ([events, since, told]) => {
        const { rows } = patchRows(snapshotAt(events, since), told, idOf);
        expect(rows).toEqual(snapshotAt(events, events.length));
      }),
    );
  });

  it('piece by piece in their order, with repetitions, gives the same', () => {
    fc.assert(
      fc.property(
        history.chain((events) => fc.tuple(fc.constant(events), fc.nat(events.length), fc.nat(5))),
        ([events, since, overlap]) => {
          let rows = snapshotAt(events, since);
          for (let at = 0; at < events.length; at += 3)
            rows = patchRows(rows, events.slice(Math.max(0, at - overlap), at + 3), idOf).rows;
          expect(rows).toEqual(snapshotAt(events, events.length));
        },
      ),
    );
  });

  it('never goes back: whatever comes, in whatever pieces, the newest status that was told stands', () => {
    const cases = history.chain((events) => fc.tuple(fc.constant(events), shuffled(events)));
    fc.assert(
      fc.property(cases, ([events, pieces]) => {
        let rows = snapshotAt(events, 0);
        for (const piece of pieces) rows = patchRows(rows, piece, idOf).rows;
        const status = (all: readonly Thing[]) => all.map((row) => row.status);
        expect(status(rows)).toEqual(status(snapshotAt(events, events.length)));
      }),
    );
  });

  it('after a gap a new reading puts everything right, and late events change nothing in it', () => {
    const cases = history.chain((events) =>
      fc.tuple(fc.constant(events), fc.nat(events.length), fc.nat(events.length)),
    );
    fc.assert(
      fc.property(cases, ([events, lostFrom, late]) => {
        const before = patchRows(snapshotAt(events, 0), events.slice(0, lostFrom), idOf).rows;
        expect(before).toEqual(snapshotAt(events, lostFrom));
        const reread = snapshotAt(events, events.length);
        expect(patchRows(reread, events.slice(0, late), idOf).rows).toBe(reread);
      }),
    );
  });

  it('leaves rows that nothing is told about the same objects, and names those it does not know', () => {
    const rows = snapshotAt([], 0);
    const { rows: next, unknown } = patchRows(
      rows,
      [
        { id: 'b', sequence: 1, changes: { status: 'failed' } },
        { id: 'z', sequence: 2, changes: { status: 'running' } },
      ],
      idOf,
    );
    expect([next[0] === rows[0], next[1] === rows[1], next[2] === rows[2]]).toEqual([true, false, true]);
    expect(unknown).toEqual(['z']);
    expect(patchRows(rows, [], idOf).rows).toBe(rows);
  });

  it('takes what has no number as it comes', () => {
    const row: Thing = { id: 'a', status: 'new' };
    expect(patchRow(row, [{ id: 'a', changes: { load: 1 } }])).toEqual({ id: 'a', status: 'new', load: 1 });
  });
});
