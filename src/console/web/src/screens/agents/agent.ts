import { type components } from '~/api/schema.gen';
import { type Frame } from '~/live/frames';
import { type RowPatch } from '~/live/patch-rows';
import { RecentPatches } from '~/live/recent-patches';

export type Agent = components['schemas']['AgentDto'];

export const idOf = ({ id }: Agent): string => id;

/** What events told last of agents, whoever listened. */
export const recentlyTold = new RecentPatches();

/** What a frame says about an agent. A load that is told is also a sign of life. */
export function patchOf(frame: Frame): RowPatch | undefined {
  const { agent_id: id, status, current_load, running_tasks, reason, timestamp, sequence } = frame;
  if (typeof id !== 'string' || typeof status !== 'string') return undefined;
  const changes: Record<string, unknown> = { status };
  if (typeof current_load === 'number') changes['current_load'] = current_load;
  if (typeof running_tasks === 'number') changes['running_tasks'] = running_tasks;
  if (typeof reason === 'string' && reason !== '') changes['status_reason'] = reason;
  if (typeof timestamp === 'string' && (status === 'active' || status === 'draining'))
    changes['last_heartbeat'] = timestamp;
  return { id, changes, ...(sequence === undefined ? {} : { sequence }) };
}

/** By a part of the name, or a capability. */
export function fits({ name, capabilities }: Agent, q: string | undefined): boolean {
  const wanted = q?.toLowerCase() ?? '';
  return name.toLowerCase().includes(wanted) || capabilities.some((each) => each.includes(wanted));
}
