import { stepsOf } from './steps';

const at = (seconds: number): string => new Date(1_700_000_000_000 + seconds * 1_000).toISOString();

describe('the steps of a start', () => {
  it('begin with the wish', () => {
    expect(stepsOf('requested', []).map(({ state }) => state)).toEqual([
      ...['now', 'ahead', 'ahead', 'ahead', 'ahead'],
    ]);
  });

  it('have seconds, and skip what was too quick to be reported', () => {
    const events = [
      { name: 'mcp.instance.running', at: at(4) },
      { name: 'mcp.instance.starting', at: at(1.5) },
      { name: 'mcp.instance.create.requested', at: at(0) },
    ];
    const steps = stepsOf('running', events);
    expect(steps.every(({ state }) => state === 'done')).toBe(true);
    expect(steps.map(({ seconds }) => seconds)).toEqual(['1.5', undefined, undefined, '2.5', undefined]);
  });

  it('end where it failed', () => {
    const events = [
      { name: 'mcp.instance.failed', at: at(2) },
      { name: 'mcp.instance.creating', at: at(1) },
      { name: 'mcp.instance.create.requested', at: at(0) },
    ];
    expect(stepsOf('failed', events).map(({ state }) => state)).toEqual([
      ...['done', 'failed', 'ahead', 'ahead', 'ahead'],
    ]);
  });
});
