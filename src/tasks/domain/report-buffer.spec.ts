import { type LogLine, ReportBuffer, type TaskReport } from './report-buffer';

const line = (message: string): LogLine => ({ attempt: 1, atMs: 0, level: 'info', message });
const report = (taskId: string, more: Partial<TaskReport<string>> = {}): TaskReport<string> => ({
  ...{ taskId, leaseGen: 1, lines: [], origin: 'a' },
  ...more,
});
const lines = (count: number): LogLine[] => Array.from({ length: count }, (_, at) => line(`m${String(at)}`));

describe('ReportBuffer', () => {
  let buffer: ReportBuffer<string>;
  beforeEach(() => {
    buffer = new ReportBuffer(3, 10);
  });

  it('keeps the newest progress of a task, and all its lines in their order', () => {
    buffer.add(report('t', { progress: 0.1, message: 'begun', lines: [line('a')] }));
    buffer.add(report('t', { progress: 0.4, lines: [line('b')], origin: 'b' }));
    buffer.add(report('t', { lines: [line('c')] }));
    expect(buffer.take(10, 10)).toMatchObject([
      { progress: 0.4, message: 'begun', lines: [{ message: 'a' }, { message: 'b' }, { message: 'c' }] },
    ]);
    expect(buffer.size).toBe(0);
  });

  it('knows nothing of the progress of an older lease', () => {
    buffer.add(report('t', { progress: 0.9, message: 'nearly' }));
    buffer.add(report('t', { leaseGen: 2, lines: [line('again')] }));
    expect(buffer.take(10, 10)).toEqual([
      { ...report('t', { leaseGen: 2, lines: [line('again')] }), progress: undefined, message: undefined },
    ]);
  });

  it('takes nothing more when it is full, but of tasks that it has', () => {
    expect(['a', 'b', 'c', 'd'].map((id) => buffer.add(report(id)))).toEqual([true, true, true, false]);
    expect(buffer.add(report('a', { progress: 1 }))).toBe(true);
    expect(buffer.add(report('a', { lines: lines(11) }))).toBe(false);
  });

  it('gives out batches, the oldest first, and one at least', () => {
    for (const id of ['a', 'b', 'c']) buffer.add(report(id, { lines: lines(3) }));
    expect(buffer.take(10, 6).map(({ taskId }) => taskId)).toEqual(['a', 'b']);
    expect(buffer.take(10, 1).map(({ taskId }) => taskId)).toEqual(['c']);
    expect(buffer.add(report('a', { lines: lines(10) }))).toBe(true);
  });

  it('takes back what could not be stored, as older than what came since', () => {
    buffer.add(report('t', { progress: 0.1, lines: [line('a')] }));
    const taken = buffer.take(10, 10);
    buffer.add(report('t', { progress: 0.5, lines: [line('b')] }));
    buffer.putBack(taken);
    expect(buffer.take(10, 10)).toMatchObject([
      { progress: 0.5, lines: [{ message: 'a' }, { message: 'b' }] },
    ]);
  });

  it('lets older lines go that do not fit any more', () => {
    buffer.add(report('t', { lines: lines(9) }));
    const taken = buffer.take(10, 10);
    buffer.add(report('t', { lines: lines(5) }));
    buffer.putBack(taken);
    expect(buffer.take(10, 10)[0]?.lines).toHaveLength(5);
  });
});
