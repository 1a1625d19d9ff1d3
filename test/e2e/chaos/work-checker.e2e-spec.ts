import { brokenWorkPromises, type TaskRecord } from './support/work/work-checker';
import { type Told, WorkHistory } from './support/work/work-history';

const done: TaskRecord = {
  ...{ id: 't-1', status: 'completed', result: { by: 'b' }, attempt: 2, retry_count: 3 },
  ...{ ends: ['task.completed'], leases: 2, completions: 1 },
};
const told = (leaseToken: string, answer: Told['answer'], kind: Told['kind'] = 'complete'): Told => ({
  ...{ taskId: 't-1', leaseToken, kind, answer },
});

/** Lost by a first agent, which answered too late, and completed by a second. */
function sound(): WorkHistory {
  const history = new WorkHistory();
  history.submitted.push('t-1');
  for (const [at, leaseToken] of ['a', 'b'].entries())
    history.handed.push({ taskId: 't-1', leaseToken, attempt: at + 1, agent: `agent-${leaseToken}` });
  history.told.push(told('b', 'acknowledged'), told('a', 'refused'));
  return history;
}

describe('the checker of what tasks are promised', () => {
  it('finds nothing where there is nothing', () => {
    expect(brokenWorkPromises(sound(), [done])).toEqual([]);
    const lost = sound();
    lost.told.splice(0, 1, told('b', 'unknown'));
    expect(brokenWorkPromises(lost, [done])).toEqual([]);
  });

  const broken: readonly (readonly [string, string, (history: WorkHistory) => readonly TaskRecord[]])[] = [
    ['a task that is gone', 'was accepted and is gone', () => []],
    ['a task that never ends', 'is running', () => [{ ...done, status: 'running', ends: [] }]],
    ['a task that ends twice', 'ended as', () => [{ ...done, ends: ['task.failed', 'task.completed'] }]],
    ['too many tries', 'was tried', () => [{ ...done, attempt: 5 }]],
    [
      'a completion that is not kept',
      'was taken and is',
      () => [{ ...done, status: 'failed', ends: ['task.failed'] }],
    ],
    [
      'two completions that count',
      'was taken 2 times',
      (history) => {
        history.told.push(told('a', 'acknowledged'));
        return [done];
      },
    ],
    ['the result of another lease', "has another's result", () => [{ ...done, result: { by: 'a' } }]],
    ['a result that nobody told', 'has a result of nobody', () => [{ ...done, result: { by: 'z' } }]],
    ['two leases that completed', 'completed 2 leases', () => [{ ...done, completions: 2 }]],
    [
      'one lease for two agents',
      'one lease was given twice',
      (history) => {
        history.handed.push({ taskId: 't-1', leaseToken: 'b', attempt: 2, agent: 'agent-c' });
        return [{ ...done, leases: 3 }];
      },
    ],
    ['a lease that nobody knows of', 'of which 1 are known', () => [{ ...done, leases: 1 }]],
  ];
  it.each(broken)('finds %s', (_what, words, change) => {
    const history = sound();
    expect(brokenWorkPromises(history, change(history)).join('\n')).toContain(words);
  });
});
