import { RecentReadings } from './recent-readings';

describe('recent readings', () => {
  it('are made once of texts that take turns', () => {
    const read = jest.fn((text: string) => ({ text }));
    const recent = new RecentReadings(read);
    const first = ['a', 'b', 'c'].map((text) => recent.of(text));
    const again = ['a', 'b', 'c', 'a', 'c'].map((text) => recent.of(text));
    expect(again.map(({ text }) => text)).toEqual(['a', 'b', 'c', 'a', 'c']);
    expect(again[0]).toBe(first[0]);
    expect(read).toHaveBeenCalledTimes(3);
  });

  it('are kept for what comes again, whatever comes only once', () => {
    const read = jest.fn((text: string) => ({ text }));
    const recent = new RecentReadings(read);
    for (const text of ['a', '1', '2', 'a', '3', '4', 'a']) recent.of(text);
    expect(read.mock.calls.flat()).toEqual(['a', '1', '2', '3', '4']);
    recent.of('1');
    expect(read).toHaveBeenCalledTimes(6);
  });

  it('are not made of what cannot be read', () => {
    let isReadable = false;
    const recent = new RecentReadings((text) => {
      if (!isReadable) throw new Error('unreadable');
      return text.length;
    });
    expect(() => recent.of('abc')).toThrow('unreadable');
    isReadable = true;
    expect(recent.of('abc')).toBe(3);
  });
});
