import { shapeOf } from './argument-shape';

describe('the shape of arguments', () => {
  it('names and types, and no value', () => {
    const shape = shapeOf({
      city: 'Oslo',
      days: 3,
      tags: ['a', 'b'],
      deep: { x: 1 },
      off: false,
      none: null,
    });
    expect(shape).toEqual([
      'city: string(4)',
      'days: number',
      'tags: array(2)',
      'deep: object',
      'off: boolean',
      'none: null',
    ]);
  });

  it('is bounded', () => {
    const many = Object.fromEntries(
      Array.from({ length: 80 }, (_, index) => [`${'n'.repeat(100)}${index}`, index]),
    );
    const shape = shapeOf(many);
    expect(shape).toHaveLength(51);
    expect(shape.at(-1)).toBe('… 30 more');
    expect(Math.max(...shape.map(({ length }) => length))).toBeLessThan(80);
  });
});
