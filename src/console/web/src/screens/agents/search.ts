import { AGENT_TONES, type AgentStatus } from '~/design/status-tone';
import { oneOf, present } from '~/shell/search-params';

export const TYPES = ['worker', 'orchestrator', 'validator'] as const;
export type AgentType = (typeof TYPES)[number];
export const STATUSES = Object.keys(AGENT_TONES) as readonly AgentStatus[];
export const PANELS = ['register', 'match'] as const;

export interface AgentsSearch {
  readonly q?: string;
  readonly status?: AgentStatus;
  readonly type?: AgentType;
  readonly panel?: (typeof PANELS)[number];
}

/** Whatever an old link says: what is not known any more is left out, not refused. */
export function validateAgentsSearch(search: Record<string, unknown>): AgentsSearch {
  const q = typeof search['q'] === 'string' && search['q'] !== '' ? search['q'] : undefined;
  const status = oneOf(search['status'], STATUSES);
  const type = oneOf(search['type'], TYPES);
  const panel = oneOf(search['panel'], PANELS);
  return present({ q, status, type, panel });
}
