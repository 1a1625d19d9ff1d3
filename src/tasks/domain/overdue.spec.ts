import { overdue, type Passed } from './overdue';

const nothing: Passed = {
  ...{ cancel: false, total: false, run: false, queue: false, lease: false },
  ...{ isHeld: true, isAgentGone: false },
};

describe('a task whose time it is', () => {
  it.each<[string, Partial<Passed>, ReturnType<typeof overdue>]>([
    ['is left alone when nothing has passed', {}, undefined],
    ['keeps its agent while that is there', { lease: true }, 'renew'],
    [
      'is lost when nobody prolongs it',
      { lease: true, isHeld: false },
      expect.objectContaining({ kind: 'lost' }),
    ],
    ['is lost at once when its agent is', { isAgentGone: true }, expect.objectContaining({ kind: 'lost' })],
    [
      'runs out of its own time before its lease',
      { run: true, lease: true, isHeld: false },
      { kind: 'ran_out', of: 'run' },
    ],
    ['runs out of all its time first', { run: true, total: true }, { kind: 'ran_out', of: 'total' }],
    ['has waited long enough', { queue: true }, { kind: 'ran_out', of: 'queue' }],
    [
      'is ended where somebody asked for it',
      { cancel: true, total: true, run: true },
      { kind: 'ran_out', of: 'cancel' },
    ],
  ])('%s', (_, passed, expected) => {
    expect(overdue({ ...nothing, ...passed })).toEqual(expected);
  });
});
