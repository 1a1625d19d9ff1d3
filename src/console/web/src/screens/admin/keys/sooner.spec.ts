import { sooner } from './sooner';

const TERMS = [
  { value: '7', label: 'a week' },
  { value: '90', label: 'a quarter' },
  { value: '', label: 'never' },
];
const NOW = Date.parse('2026-11-22T09:00:00.000Z');

describe('the ends that a key may still get', () => {
  it.each([
    ['of one that never ends: every term, and not "never"', null, ['7', '90']],
    ['of one that ends in a month: what comes before', '2026-12-22T09:00:00.000Z', ['7']],
    ['of one that ends tomorrow: none', '2026-11-23T09:00:00.000Z', []],
  ])('%s', (_case, end, values) => {
    expect(sooner(TERMS, end, NOW).map(({ value }) => value)).toEqual(values);
  });
});
