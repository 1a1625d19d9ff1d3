import { eventually } from '@app/testing';
import { type Installation } from '../../installation';

/** What an attacker would put wherever text is taken; none of it may ever be more than text. */
export const HOSTILE = '<img src=x onerror="window.hurt=1"><b>bold</b> [a](javascript:window.hurt=2)';

/** Ids of what was made, for the addresses of screens. */
export interface Filled {
  readonly definition: string;
  readonly agent: string;
  readonly task: string;
  readonly pipeline: string;
  readonly run: string;
  readonly otherRun: string;
}

type Named = { readonly id: string };
type Templates = { readonly templates: readonly { readonly pipeline: object }[] };

/** A bit of everything, so that each screen has something to show: much of it with hostile text. */
export async function fillWithData(quayside: Installation): Promise<Filled> {
  const { api } = quayside;
  const post = <T>(path: string, body: object): Promise<T> => api.ok<T>('POST', path, body);
  await post('/api/v1/mcp/instances', { name: 'echo', template: 'echo', description: HOSTILE });
  await post('/api/v1/mcp/instances', { name: 'needs-key', template: 'needs-key', description: HOSTILE });
  const definition = await post<Named>('/api/v1/mcp/servers', {
    name: 'hostile',
    description: HOSTILE,
    docker_image_url: 'ghcr.io/example/hostile:1.0.0',
    env_schema: [{ name: 'TOKEN', type: 'string', description: HOSTILE, required: true }],
  });
  const agent = await post<Named>('/api/v1/agents/register', {
    name: 'worker',
    type: 'worker',
    description: HOSTILE,
    capabilities: ['text'],
  });
  const task = await post<{ task_id: string }>('/api/v1/tasks', {
    type: 'summarise',
    payload: { text: HOSTILE },
  });
  const { templates } = await api.ok<Templates>('GET', '/api/v1/pipelines/templates');
  const body = { ...templates[0]?.pipeline, name: 'data', description: HOSTILE };
  const pipeline = await post<Named>('/api/v1/pipelines', body);
  const runs: string[] = [];
  for (const source of ['one', HOSTILE])
    runs.push(
      (await post<{ run_id: string }>(`/api/v1/pipelines/${pipeline.id}/execute`, { input_data: { source } }))
        .run_id,
    );
  await api.ok('PUT', '/api/v1/secrets/shared/DEMO', { value: 'kept' });
  await post('/api/v1/users', {
    username: 'grace',
    password: 'nine green kettles',
    display_name: HOSTILE,
    memberships: [{ workspace: 'default', role: 'viewer' }],
  });
  await post('/api/v1/api-keys', { name: 'laptop', role: 'viewer' });
  await post('/api/v1/mcp/endpoints', { name: 'all-of-it', description: HOSTILE, instances: ['echo'] });
  await post('/api/v1/mail-recipients', {
    address: 'grace@example.com',
    description: HOSTILE,
    events: ['pipeline.run.*'],
  });
  await quayside.reaches('echo', 'running');
  await api.ok('PUT', '/api/v1/mcp/tools/pins/echo', { enabled: true });
  await eventually(() => api.call('echo', 'echo', { message: HOSTILE }), { deadlineMs: 60_000 });
  const [run = '', otherRun = ''] = runs;
  return {
    definition: definition.id,
    agent: agent.id,
    task: task.task_id,
    pipeline: pipeline.id,
    run,
    otherRun,
  };
}
