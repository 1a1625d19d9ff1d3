import { BufferPool } from './buffer-pool';
import { gather, gatheredBodies } from './gathered-bodies';

const KIB = 1_024;
const memoryOf = (buffer: Buffer): ArrayBufferLike => buffer.buffer;

describe('a pool of buffers', () => {
  const made = () => new BufferPool(256 * KIB);

  it.each([16 * KIB, 65_700, 256 * KIB])('lends what was given back again, for %i bytes', (bytes) => {
    const pool = made();
    const first = pool.take(bytes);
    const other = pool.take(bytes);
    expect([first.length, other.length]).toEqual([bytes, bytes]);
    expect(memoryOf(other)).not.toBe(memoryOf(first));
    pool.giveBack(first);
    expect(memoryOf(pool.take(bytes))).toBe(memoryOf(first));
    expect(memoryOf(pool.take(bytes))).not.toBe(memoryOf(first));
  });

  it('lends nothing twice at a time, however often it is given back', () => {
    const pool = made();
    const first = pool.take(65_700);
    pool.giveBack(first);
    pool.giveBack(first);
    const second = pool.take(65_700);
    // Somebody else has it by now.
    pool.giveBack(first);
    expect(memoryOf(second)).toBe(memoryOf(first));
    expect(memoryOf(pool.take(65_700))).not.toBe(memoryOf(second));
  });

  it('takes back only what is its own', () => {
    const [pool, other] = [made(), made()];
    const strangers = [Buffer.alloc(128 * KIB), other.take(65_700), pool.take(100), pool.take(256 * KIB + 1)];
    for (const stranger of strangers) pool.giveBack(stranger);
    const mine = pool.take(65_700);
    expect(strangers.map(memoryOf)).not.toContain(memoryOf(mine));
  });

  it('keeps no more than a few', () => {
    const pool = made();
    const lent = Array.from({ length: 40 }, () => pool.take(65_700));
    for (const one of lent) pool.giveBack(one);
    const again = new Set(lent.map(() => memoryOf(pool.take(65_700))));
    expect(lent.filter((one) => again.has(memoryOf(one)))).toHaveLength(16);
  });
});

describe('a gathered body', () => {
  it.each([10, 20 * KIB, 300 * KIB])(
    'is its pieces, over memory that held another one: %i bytes each',
    (bytes) => {
      const piecesOf = (fill: string) => [Buffer.alloc(bytes, fill), Buffer.alloc(3, 'z')];
      const before = gather(piecesOf('a'), bytes + 3);
      gatheredBodies.giveBack(before);
      expect(gather(piecesOf('b'), bytes + 3).equals(Buffer.concat(piecesOf('b')))).toBe(true);
    },
  );
});
