import { NewestBuffer } from './newest-buffer';

describe('a buffer of the newest', () => {
  const filled = (count: number): NewestBuffer<number> => {
    const buffer = new NewestBuffer<number>(10);
    for (let entry = 1; entry <= count; entry += 1) buffer.push(entry);
    return buffer;
  };

  it('gives entries in the order they came', () => {
    const buffer = filled(5);
    expect(buffer.take(3)).toEqual([1, 2, 3]);
    expect(buffer.take(3)).toEqual([4, 5]);
  });

  it('lets the oldest go when it is full, and says how many', () => {
    const buffer = filled(25);
    expect(buffer.take(100)).toEqual([16, 17, 18, 19, 20, 21, 22, 23, 24, 25]);
    expect(buffer.takeDropped()).toBe(15);
    expect(buffer.takeDropped()).toBe(0);
  });

  it('puts back in front, and lets the oldest go there too', () => {
    const buffer = filled(10);
    const batch = buffer.take(4);
    for (const entry of [11, 12]) buffer.push(entry);
    buffer.putBack(batch);
    expect(buffer.take(100)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(buffer.takeDropped()).toBe(2);
  });
});
