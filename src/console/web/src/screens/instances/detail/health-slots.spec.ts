import { SLOTS, slotsOf } from './health-slots';

const HOUR = 3_600_000;
const FROM = Date.parse('2026-01-01T00:00:00Z');
const TO = FROM + 90 * HOUR;
const phase = (hours: number, name: string) => ({
  ...{ at: new Date(FROM + hours * HOUR).toISOString(), phase: name, reason: `It is ${name}.` },
});

describe('slots of health', () => {
  it('know nothing before the first phase', () => {
    const { slots, runningShare } = slotsOf([phase(45, 'running')], FROM, TO);
    expect(slots).toHaveLength(SLOTS);
    expect([slots[0]?.phase, slots[44]?.phase, slots[45]?.phase, slots[89]?.phase]).toEqual([
      ...[undefined, undefined, 'running', 'running'],
    ]);
    expect(runningShare).toBe(1);
  });

  it('begin with what was before them', () => {
    const { slots, runningShare } = slotsOf([phase(-10, 'running'), phase(45, 'stopped')], FROM, TO);
    expect([slots[0]?.phase, slots[60]?.phase]).toEqual(['running', 'stopped']);
    expect(runningShare).toBeCloseTo(0.5);
  });

  it('show a short failure', () => {
    const phases = [
      phase(0, 'running'),
      phase(10.2, 'failed'),
      phase(10.3, 'restarting'),
      phase(10.4, 'running'),
    ];
    expect(
      slotsOf(phases, FROM, TO)
        .slots.map((slot) => slot.phase)
        .slice(9, 12),
    ).toEqual([...['running', 'failed', 'running']]);
  });

  it('of nothing say nothing', () => {
    expect(slotsOf([], FROM, TO).runningShare).toBeUndefined();
  });
});
