import { createHash } from 'node:crypto';

/** Added to when a task is due, and so its rank: who waits that much longer comes before who has the higher priority. */
export const HANDICAP_S = { high: 0, medium: 30, low: 300 } as const;

/** Everything about a task that decides whether, and in whose place, it can be dispatched; except when it is due. */
export interface LaneTraits {
  readonly workspaceId: string;
  readonly executor: 'agent' | 'gateway';
  readonly type: string;
  readonly priority: 'high' | 'medium' | 'low';
  readonly capabilities: readonly string[];
  /** Id of the only agent that may do it. */
  readonly wantedAgent: string | null;
  readonly concurrencyKey: string | null;
  readonly userId: string | null;
  readonly keyId: string | null;
  readonly agentId: string | null;
}

/**
 * Two tasks of one lane are the same to dispatch: if the first cannot be given to anybody now, none behind it can. So a pass
 * looks at the head of each lane, however many tasks wait in it. The submitter belongs to it because of quotas, the priority
 * because the tasks of a lane are then due in the order of their ranks. Lanes of one workspace lie side by side.
 */
export function laneOf(traits: LaneTraits): string {
  const { workspaceId, executor, type, priority, wantedAgent, concurrencyKey, userId, keyId, agentId } =
    traits;
  const capabilities = [...new Set(traits.capabilities)].sort();
  const words = [
    ...[executor, type, priority, capabilities, wantedAgent, concurrencyKey],
    ...[userId, keyId, agentId],
  ];
  const digest = createHash('sha256').update(JSON.stringify(words)).digest('base64url');
  return `${workspaceId}:${digest.slice(0, 22)}`;
}
