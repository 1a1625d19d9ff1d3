import { type Absence, absenceOf, canDo } from './ability';
import { Headroom } from './headroom';
import { type Situation } from './match-tasks';
import { type Candidate, type Limit, type LimitKind, type QueuedTask } from './model';

/** Stable: clients branch on it. */
export const WAITING_CODES = [
  'not_due',
  'no_agent',
  'no_capable_agent',
  'wanted_agent_unknown',
  'max_concurrent_tasks',
  'type_limit',
  'key_limit',
  'quota',
  'agents_busy',
  'agents_not_asking',
  'agents_closed',
  'agents_draining',
  'agents_lost',
  'dispatching',
] as const;
export type WaitingCode = (typeof WAITING_CODES)[number];

export interface WaitingReason {
  readonly code: WaitingCode;
  /** For people; one sentence. */
  readonly sentence: string;
}

const LIMIT_CODES: Readonly<Record<LimitKind, WaitingCode>> = {
  installation: 'max_concurrent_tasks',
  type: 'type_limit',
  key: 'key_limit',
  quota: 'quota',
};

/** The nearest to being able first: it names the reason where agents are kept by different ones. */
const ABSENCES: Readonly<Record<Absence, { readonly code: WaitingCode; readonly words: string }>> = {
  busy: { code: 'agents_busy', words: 'busy' },
  not_asking: { code: 'agents_not_asking', words: 'not asking for work' },
  closed: { code: 'agents_closed', words: 'closed' },
  draining: { code: 'agents_draining', words: 'draining' },
  lost: { code: 'agents_lost', words: 'lost' },
};

/**
 * What a task waits for, by the rules that dispatch goes by: that of all tasks of its lane, except for when it is due.
 * `agents` of the situation are all of the workspace, present or not.
 */
export function waitingReason(task: QueuedTask, situation: Situation): WaitingReason {
  const { nowMs, agents, limits } = situation;
  if (task.dueMs > nowMs) return notDue(task);
  const able = task.executor === 'gateway' ? [] : agents.filter((agent) => canDo(agent, task));
  if (task.executor === 'agent' && able.length === 0) return nobodyCan(task, agents);
  const limit = new Headroom(limits).blocking(task);
  if (limit !== undefined) return limited(limit);
  return (task.executor === 'gateway' ? undefined : allAbsent(task, able, nowMs)) ?? DISPATCHING;
}

const DISPATCHING: WaitingReason = { code: 'dispatching', sentence: 'It is about to be given out.' };

const timeOf = (ms: number): string => new Date(ms).toISOString();

const notDue = ({ dueMs }: QueuedTask): WaitingReason => ({
  code: 'not_due',
  sentence: `It is not due until ${timeOf(dueMs)}.`,
});

function nobodyCan(task: QueuedTask, agents: readonly Candidate[]): WaitingReason {
  const wanted = agents.find(({ id }) => id === task.wantedAgent);
  if (task.wantedAgent !== null && wanted === undefined)
    return { code: 'wanted_agent_unknown', sentence: 'The agent it is meant for is not registered.' };
  const considered = wanted === undefined ? agents.filter(isOf(task)) : [wanted];
  if (considered.length === 0) return { code: 'no_agent', sentence: 'No agent is registered.' };
  if (task.capabilities.length === 0)
    return { code: 'no_agent', sentence: 'No agent of type worker is registered.' };
  return { code: 'no_capable_agent', sentence: `${missingOf(task, considered, wanted)}.` };
}

const isOf =
  ({ workspaceId }: QueuedTask) =>
  (agent: Candidate): boolean =>
    agent.workspaceId === workspaceId;

function missingOf(
  { capabilities }: QueuedTask,
  agents: readonly Candidate[],
  wanted: Candidate | undefined,
): string {
  const missing = capabilities.filter((each) => !agents.some((agent) => agent.capabilities.includes(each)));
  if (wanted !== undefined) return `Agent "${wanted.name}", which it is meant for, has no ${listOf(missing)}`;
  return missing.length > 0
    ? `No agent has ${listOf(missing)}`
    : `No agent has all of ${listOf(capabilities)}`;
}

const listOf = (capabilities: readonly string[]): string =>
  `${capabilities.length === 1 ? 'capability' : 'capabilities'} ${capabilities.map((each) => `"${each}"`).join(', ')}`;

function limited({ kind, title, running, max }: Limit): WaitingReason {
  const sentence = `${title.charAt(0).toUpperCase()}${title.slice(1)} is reached: ${running} of ${max} run.`;
  return { code: LIMIT_CODES[kind], sentence };
}

/** Undefined: somebody has room for it. */
function allAbsent(task: QueuedTask, able: readonly Candidate[], nowMs: number): WaitingReason | undefined {
  const counts = new Map<Absence, number>();
  for (const agent of able) {
    const absence = absenceOf(agent, task, nowMs);
    if (absence === undefined) return undefined;
    counts.set(absence, (counts.get(absence) ?? 0) + 1);
  }
  const found = (Object.keys(ABSENCES) as Absence[]).filter((each) => counts.has(each));
  const [nearest] = found;
  if (nearest === undefined) return undefined;
  const sentence =
    found.length === 1
      ? allAre(nearest, able, nowMs)
      : `Of ${able.length} agents that could do it ${found.map((each) => `${counts.get(each) ?? 0} ${isOrAre(counts.get(each) ?? 0)} ${ABSENCES[each].words}`).join(', ')}.`;
  return { code: ABSENCES[nearest].code, sentence };
}

function allAre(absence: Absence, able: readonly Candidate[], nowMs: number): string {
  const whom =
    able.length === 1
      ? `Agent "${able[0]?.name ?? ''}", the only one that could do it,`
      : `All ${able.length} agents that could do it`;
  if (absence !== 'closed') return `${whom} ${isOrAre(able.length)} ${ABSENCES[absence].words}.`;
  const opens = able.map(({ closedUntilMs }) => closedUntilMs ?? nowMs);
  const verb = isOrAre(able.length);
  return `${whom} ${verb} given nothing until ${timeOf(Math.min(...opens))}: asked to wait, or not reached.`;
}

const isOrAre = (count: number): string => (count === 1 ? 'is' : 'are');
