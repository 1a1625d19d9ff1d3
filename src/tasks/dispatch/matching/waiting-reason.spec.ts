import { limitsFor, type RunningGroup, type StoredLimit } from './limits-of';
import { type Situation } from './match-tasks';
import { type Candidate, type QueuedTask } from './model';
import { waitingReason } from './waiting-reason';

const NOW_MS = Date.parse('2026-11-22T10:00:00Z');

const TASK: QueuedTask = {
  ...{ id: 't', lane: 'l', workspaceId: 'w', type: 'analysis', concurrencyKey: 'gpu-1', executor: 'agent' },
  ...{ capabilities: ['ocr'], wantedAgent: null, userId: 'u', keyId: 'k', agentId: null },
  ...{ rankMs: NOW_MS, dueMs: NOW_MS, leaseGen: 0 },
};
const AGENT: Candidate = {
  ...{ id: 'a', name: 'reader', workspaceId: 'w', type: 'worker', status: 'active', capabilities: ['ocr'] },
  ...{ maxTasks: 2, running: 0, load: 0, errorRate: 0, latencyMs: null, closedUntilMs: null },
  offers: [{ askId: 'q', capabilities: [], slots: 1, sinceMs: 0 }],
};
const RUNNING: RunningGroup = {
  ...{ workspaceId: 'w', type: 'analysis', concurrencyKey: 'gpu-1', assignedAgent: 'z' },
  ...{ userId: 'u', keyId: 'k', agentId: null, count: 2 },
};

const situation = (
  agents: readonly Candidate[],
  stored: readonly StoredLimit[] = [],
  maxConcurrent = 50,
): Situation => ({
  ...{ nowMs: NOW_MS, agents, runningByWorkspace: new Map() },
  limits: limitsFor([TASK], [RUNNING], stored, maxConcurrent),
});

const reader = (more: Partial<Candidate>): Candidate => ({ ...AGENT, ...more });

describe('what a task waits for', () => {
  it.each<readonly [string, Partial<QueuedTask>, readonly Candidate[], string]>([
    ['not_due', { dueMs: NOW_MS + 60_000 }, [AGENT], 'It is not due until 2026-11-22T10:01:00.000Z.'],
    ['no_agent', {}, [], 'No agent is registered.'],
    [
      'no_agent',
      { capabilities: [] },
      [reader({ type: 'validator' })],
      'No agent of type worker is registered.',
    ],
    ['no_capable_agent', { capabilities: ['tape'] }, [AGENT], 'No agent has capability "tape".'],
    [
      'no_capable_agent',
      { capabilities: ['ocr', 'gpu'] },
      [AGENT, reader({ capabilities: ['gpu'] })],
      'No agent has all of capabilities "ocr", "gpu".',
    ],
    ['wanted_agent_unknown', { wantedAgent: 'x' }, [AGENT], 'The agent it is meant for is not registered.'],
    [
      'no_capable_agent',
      { wantedAgent: 'a', capabilities: ['tape'] },
      [AGENT],
      'Agent "reader", which it is meant for, has no capability "tape".',
    ],
    ['agents_busy', {}, [reader({ running: 2 })], 'Agent "reader", the only one that could do it, is busy.'],
    [
      'agents_lost',
      {},
      [reader({ status: 'lost' }), reader({ status: 'lost' })],
      'All 2 agents that could do it are lost.',
    ],
    [
      'agents_busy',
      {},
      [reader({ running: 3 }), reader({ status: 'draining' }), reader({ status: 'draining' })],
      'Of 3 agents that could do it 1 is busy, 2 are draining.',
    ],
    [
      'agents_not_asking',
      {},
      [reader({ offers: [] })],
      'Agent "reader", the only one that could do it, is not asking for work.',
    ],
    [
      'agents_closed',
      {},
      [reader({ closedUntilMs: NOW_MS + 5_000 })],
      'Agent "reader", the only one that could do it, is given nothing until 2026-11-22T10:00:05.000Z: asked to wait, or not reached.',
    ],
    ['dispatching', {}, [AGENT], 'It is about to be given out.'],
    ['dispatching', { executor: 'gateway' }, [], 'It is about to be given out.'],
  ])('is %s with %j', (code, more, agents, sentence) => {
    expect(waitingReason({ ...TASK, ...more }, situation(agents))).toEqual({ code, sentence });
  });

  it.each<readonly [string, StoredLimit, string]>([
    [
      'type_limit',
      { kind: 'type', workspaceId: 'w', name: 'analysis', max: 2 },
      'The limit of type "analysis" is reached: 2 of 2 run.',
    ],
    [
      'key_limit',
      { kind: 'key', workspaceId: 'w', name: 'gpu-1', max: 1 },
      'The limit of key "gpu-1" is reached: 2 of 1 run.',
    ],
    [
      'quota',
      { kind: 'quota_workspace', workspaceId: null, name: '', max: 2 },
      'The quota running_tasks of the workspace is reached: 2 of 2 run.',
    ],
    [
      'quota',
      { kind: 'quota_key', workspaceId: 'w', name: 'k', max: 0 },
      'The quota running_tasks of the key that submitted it is reached: 2 of 0 run.',
    ],
  ])('is %s where one is reached', (code, stored, sentence) => {
    expect(waitingReason(TASK, situation([AGENT], [stored]))).toEqual({ code, sentence });
  });

  it('is the limit of the installation', () => {
    expect(waitingReason(TASK, situation([AGENT], [], 2))).toEqual({
      code: 'max_concurrent_tasks',
      sentence: 'MAX_CONCURRENT_TASKS is reached: 2 of 2 run.',
    });
  });

  it('is nothing of a default that does not hold for this submitter', () => {
    const stored: readonly StoredLimit[] = [
      { kind: 'quota_key', workspaceId: null, name: '', max: 1 },
      { kind: 'quota_key', workspaceId: 'w', name: 'k', max: null },
      { kind: 'type', workspaceId: 'other', name: 'analysis', max: 0 },
    ];
    expect(waitingReason(TASK, situation([AGENT], stored)).code).toBe('dispatching');
  });
});
