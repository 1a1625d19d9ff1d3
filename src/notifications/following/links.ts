import { type JsonObject } from '@app/kernel';

export interface Links {
  /** Where a person looks. */
  readonly console?: string;
  /** The same by the API. */
  readonly api?: string;
  /** What has to be called to let the run go on, or not; by POST, with a key. */
  readonly approve?: string;
  readonly reject?: string;
}

const WAITING = 'pipeline.stage.waiting_approval';

/** Where to go from a message. Ids are ours; they are encoded all the same. */
export function linksOf(event: string, data: JsonObject, publicUrl: string): Links {
  const api = `${publicUrl}/api/v1`;
  const of = (member: string): string | undefined => {
    const id = data[member];
    return typeof id === 'string' ? encodeURIComponent(id) : undefined;
  };
  const [run, task, agent, instance] = ['run_id', 'task_id', 'agent_id', 'instance_id'].map(of);
  if (event.startsWith('pipeline.') && run !== undefined) {
    const decisions = event === WAITING ? decisionsOf(`${api}/runs/${run}`, data) : {};
    return { console: `${publicUrl}/console/runs/${run}`, api: `${api}/runs/${run}`, ...decisions };
  }
  if (task !== undefined)
    return { console: `${publicUrl}/console/tasks/${task}`, api: `${api}/tasks/${task}` };
  if (agent !== undefined)
    return { console: `${publicUrl}/console/agents/${agent}`, api: `${api}/agents/${agent}` };
  if (instance === undefined) return {};
  return {
    console: `${publicUrl}/console/instances/${instance}`,
    api: `${api}/mcp/instances/${instance}`,
  };
}

function decisionsOf(run: string, { stage }: JsonObject): Pick<Links, 'approve' | 'reject'> {
  if (typeof stage !== 'number') return {};
  const at = `${run}/stages/${String(stage)}`;
  return { approve: `${at}/approve`, reject: `${at}/reject` };
}
