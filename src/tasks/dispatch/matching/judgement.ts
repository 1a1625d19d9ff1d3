import { absenceOf, canDo } from './ability';
import { type Situation } from './match-tasks';
import { type Candidate, type QueuedTask, type ScoredAgent } from './model';
import { Openings } from './openings';
import { scoreOf } from './score';
import { type WaitingReason, waitingReason } from './waiting-reason';

/** Stable: clients branch on it. The order is the order of the answer. */
export const VERDICTS = [
  'chosen',
  'able',
  'busy',
  'not_asking',
  'closed',
  'draining',
  'lost',
  'wrong_type',
  'other_agent_wanted',
  'no_capability',
] as const;
export type Verdict = (typeof VERDICTS)[number];

export interface JudgedAgent {
  readonly agent: Candidate;
  readonly verdict: Verdict;
  readonly missing: readonly string[];
  /** null: it is not one that may do the task. */
  readonly scored: ScoredAgent | null;
}

export interface Judgement {
  /** undefined: somebody would get it at once. */
  readonly waiting: WaitingReason | undefined;
  /** All of the workspace, the one that would get it first. */
  readonly agents: readonly JudgedAgent[];
}

/** Who would get this task now, and why not the others: by the rules that dispatch goes by, and without giving it to anybody. */
export function judge(task: QueuedTask, situation: Situation): Judgement {
  const waiting = waitingReason(task, situation);
  const isFree = waiting.code === 'dispatching';
  const [best] = isFree ? new Openings(situation.agents, situation.nowMs).for(task) : [];
  const agents = situation.agents.map((agent) => ({
    ...{ agent, missing: missingOf(agent, task) },
    verdict: agent === best?.agent ? ('chosen' as const) : verdictOf(agent, task, situation.nowMs),
    scored: canDo(agent, task) ? scoreOf(agent, agent.running) : null,
  }));
  return { waiting: isFree ? undefined : waiting, agents: agents.sort(byRank) };
}

function verdictOf(agent: Candidate, task: QueuedTask, nowMs: number): Verdict {
  if (canDo(agent, task)) return absenceOf(agent, task, nowMs) ?? 'able';
  if (task.wantedAgent !== null && task.wantedAgent !== agent.id) return 'other_agent_wanted';
  return missingOf(agent, task).length > 0 ? 'no_capability' : 'wrong_type';
}

const missingOf = (agent: Candidate, { capabilities }: QueuedTask): readonly string[] =>
  capabilities.filter((each) => !agent.capabilities.includes(each));

function byRank(one: JudgedAgent, other: JudgedAgent): number {
  const rank = VERDICTS.indexOf(one.verdict) - VERDICTS.indexOf(other.verdict);
  const score = (other.scored?.score ?? 0) - (one.scored?.score ?? 0);
  return rank || score || (one.agent.name < other.agent.name ? -1 : 1);
}
