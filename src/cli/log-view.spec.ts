import { fileLine, firstLinkIn, terminalLine } from './log-view';

const NOW = new Date('2026-11-22T10:00:00.000Z');
const SAID = '{"level":"warn","msg":"The disk is full","context":"Outbox","err":{"message":"ENOSPC"}}';

describe('lines of the log', () => {
  it('are kept as they are when they are objects', () => {
    expect(fileLine(SAID, NOW)).toBe(SAID);
  });

  it.each(['creating the database', '{ not quite', ''])('are made objects of words: "%s"', (line) => {
    expect(JSON.parse(fileLine(line, NOW))).toEqual({
      ...{ time: '2026-11-22T10:00:00.000Z', level: 'info' },
      ...{ msg: line, role: 'launcher' },
    });
  });

  it('are shown in a terminal when they matter', () => {
    expect(terminalLine(SAID)).toBe('warn  Outbox: The disk is full (ENOSPC)');
    expect(terminalLine('{"level":"info","msg":"ready"}')).toBeUndefined();
    expect(terminalLine('{ not quite')).toBe('{ not quite');
  });

  it('give up the link of the first administrator', () => {
    expect(firstLinkIn('open http://localhost:1/console/welcome#token=a-b_c now')).toBe(
      'http://localhost:1/console/welcome#token=a-b_c',
    );
    expect(firstLinkIn(SAID)).toBeUndefined();
  });
});
