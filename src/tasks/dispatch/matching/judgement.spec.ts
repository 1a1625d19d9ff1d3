import { judge, type Verdict } from './judgement';
import { type Candidate, type QueuedTask } from './model';

const NOW_MS = 1_000_000;
const TASK: QueuedTask = {
  ...{ id: 't', lane: 'w:lane', workspaceId: 'w', type: 'analysis', concurrencyKey: null, executor: 'agent' },
  ...{ capabilities: ['ocr'], wantedAgent: null, userId: null, keyId: null, agentId: null },
  ...{ rankMs: NOW_MS, dueMs: NOW_MS, leaseGen: 0 },
};
const OFFER = { askId: 'a', capabilities: [], slots: 1, sinceMs: NOW_MS };

const agent = (name: string, more: Partial<Candidate> = {}): Candidate => ({
  ...{ id: name, name, workspaceId: 'w', type: 'worker', status: 'active', capabilities: ['ocr'] },
  ...{
    maxTasks: 4,
    running: 0,
    load: 0,
    errorRate: 0,
    latencyMs: null,
    closedUntilMs: null,
    offers: [OFFER],
  },
  ...more,
});

const verdicts = (
  agents: readonly Candidate[],
  task = TASK,
  limits: Parameters<typeof judge>[1]['limits'] = [],
) => {
  const judgement = judge(task, { nowMs: NOW_MS, agents, limits, runningByWorkspace: new Map() });
  return {
    waiting: judgement.waiting?.code,
    agents: judgement.agents.map(({ agent: { name }, verdict }): [string, Verdict] => [name, verdict]),
  };
};

describe('who would get a task', () => {
  it('is the best of those that could, and every other one has its reason', () => {
    const judged = verdicts([
      agent('deaf', { offers: [] }),
      agent('full', { running: 4 }),
      agent('gone', { status: 'lost' }),
      agent('leaving', { status: 'draining' }),
      agent('loaded', { load: 0.9 }),
      agent('resting', { closedUntilMs: NOW_MS + 1 }),
      agent('blind', { capabilities: ['hearing'] }),
      agent('fresh'),
    ]);
    expect(judged).toEqual({
      waiting: undefined,
      agents: [
        ['fresh', 'chosen'],
        ['loaded', 'able'],
        ['full', 'busy'],
        ['deaf', 'not_asking'],
        ['resting', 'closed'],
        ['leaving', 'draining'],
        ['gone', 'lost'],
        ['blind', 'no_capability'],
      ],
    });
  });

  it('is only the one that is wanted, and a worker where nothing is asked for', () => {
    expect(verdicts([agent('one'), agent('two')], { ...TASK, wantedAgent: 'two' }).agents).toEqual([
      ['two', 'chosen'],
      ['one', 'other_agent_wanted'],
    ]);
    const anybody = { ...TASK, capabilities: [] };
    expect(verdicts([agent('judge', { type: 'validator' })], anybody)).toEqual({
      waiting: 'no_agent',
      agents: [['judge', 'wrong_type']],
    });
  });

  it('is nobody while a limit is reached', () => {
    const limit = { kind: 'installation', name: 'installation', title: 'MAX', max: 1, running: 1 } as const;
    const judged = verdicts([agent('ready')], TASK, [limit]);
    expect(judged.agents).toEqual([['ready', 'able']]);
    expect(judged.waiting).toBe('max_concurrent_tasks');
  });
});
