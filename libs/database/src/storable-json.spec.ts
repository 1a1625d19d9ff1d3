import { storableJson } from './storable-json';

describe('storableJson', () => {
  it('replaces what PostgreSQL refuses, wherever it stands', () => {
    const value = { reason: 'cut \ud83d', list: ['\udc00 half', 'nul \0 inside'] };

    expect(JSON.parse(storableJson(value))).toEqual({
      reason: 'cut \uFFFD',
      list: ['\uFFFD half', 'nul \uFFFD inside'],
    });
  });

  it('leaves everything else as it is', () => {
    const value = { emoji: '😀', text: 'a\nb\t"c"', number: 1, nothing: null, flag: false };

    expect(JSON.parse(storableJson(value))).toEqual(value);
  });
});
