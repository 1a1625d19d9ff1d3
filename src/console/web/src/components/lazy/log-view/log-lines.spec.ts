import fc from 'fast-check';
import {
  appended,
  caughtUp,
  entriesOf,
  levelOf,
  LEVELS,
  LINES_MAX,
  LOST,
  matching,
  NO_LINES,
} from './log-lines';

const ALL = new Set(LEVELS);

describe('lines of a log', () => {
  it('are kept up to a number, and the oldest go', () => {
    const first = appended(
      NO_LINES,
      Array.from({ length: LINES_MAX }, (_, at) => `line ${String(at)}`),
    );
    const then = appended(first, ['a', 'b']);
    expect(then.lines).toHaveLength(LINES_MAX);
    expect([then.dropped, then.lines[0], then.lines.at(-1)]).toEqual([2, 'line 2', 'b']);
    expect(entriesOf(then)[0]?.number).toBe(2);
  });

  it('that belong together are one entry', () => {
    const lines = [
      'Error: broken',
      '    at one (a.js:1)',
      '    at two (b.js:2)',
      'next',
      '  indented',
      'last',
    ];
    const entries = entriesOf({ dropped: 0, lines });
    expect(entries.map((entry) => entry.lines.length)).toEqual([3, 2, 1]);
    expect(entries.map(({ number }) => number)).toEqual([0, 3, 5]);
  });

  it.each([
    ['{"level":"error","msg":"x"}', 'error'],
    ['{"level":40,"msg":"x"}', 'warn'],
    ['2026-11-22 DEBUG starting', 'debug'],
    ['listening on 8080', 'info'],
    [`${'x'.repeat(200)} error`, 'info'],
  ] as const)('say how loud they are: %s', (line, level) => {
    expect(levelOf(line)).toBe(level);
  });

  it('are found by text and level, marks always', () => {
    const entries = entriesOf({ dropped: 0, lines: ['ERROR one', 'info two', LOST, 'warn three'] });
    const found = matching(entries, { text: 'O', levels: new Set(['error']) });
    expect(found.map(({ lines }) => lines[0])).toEqual(['ERROR one', LOST]);
    expect(matching(entries, { text: '', levels: ALL })).toBe(entries);
  });
});

describe('catching up', () => {
  it('after a break adds what is new, once', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(text, fc.nat(30), fc.nat(30), (all, seen, back) => {
        const numbered = all.map((line, at) => `${String(at)} ${line}`);
        const known = numbered.slice(0, Math.min(seen, numbered.length));
        const from = Math.max(0, known.length - back);
        const added = caughtUp(known, numbered.slice(from));
        const joined = [...known, ...added];
        if (back === 0 && known.length > 0 && from < numbered.length) expect(added[0]).toBe(LOST);
        else expect(joined).toEqual(numbered);
      }),
    );
  });

  it('marks the place where lines were lost', () => {
    expect(caughtUp(['a', 'b'], ['x', 'y'])).toEqual([LOST, 'x', 'y']);
    expect(caughtUp(['a', 'b'], [])).toEqual([]);
  });
});
