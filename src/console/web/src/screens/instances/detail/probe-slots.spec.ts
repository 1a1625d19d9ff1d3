import { PROBE_SLOTS, stripOf } from './probe-slots';

const probe = (ok: boolean) => ({ ok });

describe('the strip of probes', () => {
  it('fills from the right and counts what was missed', () => {
    const { slots, missed } = stripOf([probe(true), probe(false)]);
    expect(slots).toHaveLength(PROBE_SLOTS);
    expect([slots[0], slots.at(-2), slots.at(-1), missed]).toEqual([undefined, probe(true), probe(false), 1]);
  });

  it('shows no more than it has room for', () => {
    expect(stripOf(Array.from({ length: PROBE_SLOTS + 3 }, () => probe(true))).slots).toHaveLength(
      PROBE_SLOTS,
    );
  });
});
