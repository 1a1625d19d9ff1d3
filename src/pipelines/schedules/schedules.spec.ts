import { faultOfCron, isTimezone, newestSlots, nextSlot, slotsAfter } from './cron';
import { decideSlots, QUEUED_MAX, type Situation } from './decide-slots';

const at = (text: string): Date => new Date(text);
const berlin = (cron: string): { cron: string; timezone: string } => ({ cron, timezone: 'Europe/Berlin' });
const shown = (slots: readonly Date[]): readonly string[] =>
  slots.map((slot) => slot.toISOString().slice(5, 16));

describe('the slots of a schedule', () => {
  it('follow the clocks of their zone', () => {
    expect(shown(slotsAfter(berlin('0 9 * * *'), at('2026-03-28T00:00:00Z'), 2))).toEqual([
      '03-28T08:00',
      '03-29T07:00',
    ]);
  });

  it('come once on the day whose hour is left out, when the clocks are put forward', () => {
    expect(shown(slotsAfter(berlin('30 2 * * *'), at('2026-03-28T12:00:00Z'), 2))).toEqual([
      '03-29T01:30',
      '03-30T00:30',
    ]);
  });

  it('come once on the day whose hour comes twice, when the clocks are put back', () => {
    expect(shown(slotsAfter(berlin('30 2 * * *'), at('2026-10-24T12:00:00Z'), 2))).toEqual([
      '10-25T00:30',
      '10-26T01:30',
    ]);
  });

  it('come in every hour that passes, when they are hourly', () => {
    const hours = slotsAfter(berlin('0 * * * *'), at('2026-10-24T23:30:00Z'), 4);
    expect(shown(hours)).toEqual(['10-25T00:00', '10-25T01:00', '10-25T02:00', '10-25T03:00']);
    const quarter = slotsAfter(berlin('*/30 * * * *'), at('2026-03-29T00:00:00Z'), 3);
    expect(shown(quarter)).toEqual(['03-29T00:30', '03-29T01:00', '03-29T01:30']);
  });

  it('are the same whether one asks from slot to slot or over the change of the clocks', () => {
    const from = at('2026-10-24T00:00:00Z');
    const until = at('2026-10-27T00:00:00Z');
    const steps: Date[] = [];
    for (let slot = nextSlot(berlin('30 2 * * *'), from); slot && slot <= until;) {
      steps.push(slot);
      slot = nextSlot(berlin('30 2 * * *'), slot);
    }
    expect(newestSlots(berlin('30 2 * * *'), from, until, 100)).toEqual(steps);
  });

  it('end where there is none any more', () => {
    expect(nextSlot({ cron: '0 0 30 2 *', timezone: 'UTC' }, at('2026-01-01T00:00:00Z'))).toBeUndefined();
  });

  it('are the newest ones after a year away, the first one included', () => {
    const until = at('2026-01-01T00:00:30Z');
    const minutes = newestSlots({ cron: '* * * * *', timezone: 'UTC' }, at('2025-01-01T00:00:00Z'), until, 3);
    expect(shown(minutes)).toEqual(['12-31T23:58', '12-31T23:59', '01-01T00:00']);
    const weeks = newestSlots({ cron: '0 0 * * 1', timezone: 'UTC' }, at('2025-12-15T00:00:00Z'), until, 100);
    expect(shown(weeks)).toEqual(['12-15T00:00', '12-22T00:00', '12-29T00:00']);
    expect(
      newestSlots({ cron: '0 0 1 1 *', timezone: 'UTC' }, at('2020-01-01T00:00:00Z'), until, 9),
    ).toHaveLength(7);
  });
});

describe('a cron expression', () => {
  it.each(['0 2 * * *', '*/15 8-18 * * MON-FRI', '@daily', '0 0 29 2 *', '0 0 * * MON#1'])(
    'may be %s',
    (cron) => {
      expect(faultOfCron(cron, at('2026-01-01T00:00:00Z'))).toBeUndefined();
    },
  );

  it.each([
    '',
    '5',
    '* * * * * *',
    '61 * * * *',
    '0 0 30 2 *',
    'H * * * *',
    '@reboot',
    '0 2 * * * ; ls',
    'x y z a b',
  ])('may not be %j', (cron) => {
    expect(faultOfCron(cron, at('2026-01-01T00:00:00Z'))).toBeDefined();
  });

  it('has a time zone with a name', () => {
    expect(['UTC', 'Europe/Berlin', 'America/Argentina/Salta'].map(isTimezone)).toEqual([true, true, true]);
    expect(['', '+02:00', 'Mars/One', 'Europe/../Berlin'].map(isTimezone)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('what becomes of slots that are due', () => {
  const slots = ['00', '01', '02', '03'].map((minute) => at(`2026-01-01T00:${minute}:00Z`));
  const outcomes = (situation: Partial<Situation>): readonly string[] =>
    decideSlots({
      ...{ due: slots, now: at('2026-01-01T00:03:02Z'), overlap: 'skip', missed: 'skip' },
      ...{ isBusy: false, queued: 0, ...situation },
    }).map(({ outcome }) => outcome);
  const late = at('2026-01-01T05:00:00Z');

  it.each<[string, Partial<Situation>, readonly string[]]>([
    ['one in time starts', { due: slots.slice(3) }, ['started']],
    ['those missed are let go', {}, ['missed', 'missed', 'missed', 'started']],
    ['all missed are let go', { now: late }, ['missed', 'missed', 'missed', 'missed']],
    [
      'one run stands for all missed',
      { now: late, missed: 'once' },
      ['missed', 'missed', 'missed', 'started'],
    ],
    ['one in time stands for the missed', { missed: 'once' }, ['missed', 'missed', 'missed', 'started']],
    [
      'all are made up for, in turn',
      { now: late, missed: 'all', overlap: 'queue' },
      ['started', 'queued', 'queued', 'queued'],
    ],
    ['all, where none may overlap', { missed: 'all' }, ['started', 'overlapped', 'overlapped', 'overlapped']],
    [
      'only the last, where each ends the one before',
      { missed: 'all', overlap: 'cancel' },
      ['overlapped', 'overlapped', 'overlapped', 'started'],
    ],
    ['a run goes on', { due: slots.slice(3), isBusy: true }, ['overlapped']],
    ['a run goes on and is waited for', { due: slots.slice(3), isBusy: true, overlap: 'queue' }, ['queued']],
    ['a run goes on and is ended', { due: slots.slice(3), isBusy: true, overlap: 'cancel' }, ['started']],
    ['others wait before it', { due: slots.slice(3), overlap: 'queue', queued: 1 }, ['queued']],
    ['too many wait', { due: slots.slice(3), overlap: 'queue', queued: QUEUED_MAX }, ['overlapped']],
  ])('%s', (_what, situation, expected) => {
    expect(outcomes(situation)).toEqual(expected);
  });
});
