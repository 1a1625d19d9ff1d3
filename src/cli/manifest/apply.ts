import { ProblemError } from '@app/client';
import { type JsonObject, type JsonValue } from '@app/kernel';
import { OWN_SECRET } from '../../exports';
import { type ApiClient } from '../api-client';
import { CliError, EXIT } from '../failures';
import { type Change, type Item } from './change';
import { valuesInPlaceOf } from './own-secrets';

/** What a step needs: the installation, the item as the text has it, and the variables that hold secrets. */
interface Step {
  readonly api: ApiClient;
  readonly change: Change;
  readonly item: Item;
  readonly env: NodeJS.ProcessEnv;
}

const PATHS: Readonly<Record<string, string>> = {
  servers: '/api/v1/mcp/servers',
  instances: '/api/v1/mcp/instances',
  endpoints: '/api/v1/mcp/endpoints',
  pipelines: '/api/v1/pipelines',
};
const CHANGED_WAIT_S = 30;

/** Carries out one change by the operations that a person would use. */
export async function carryOut(step: Step): Promise<void> {
  const { kind, action } = step.change;
  if (action === 'unchanged') return;
  if (kind === 'settings') await putSetting(step);
  else if (action === 'delete') await step.api.call('DELETE', oneOf(step));
  else if (kind === 'instances') await instance(step);
  else if (kind === 'pipelines') await pipeline(step);
  else if (action === 'create') await step.api.call('POST', PATHS[kind] ?? '', step.item);
  else await step.api.call('PATCH', oneOf(step), changedMembers(step));
}

const oneOf = ({ change: { kind, name } }: Step): string =>
  `${PATHS[kind] ?? ''}/${encodeURIComponent(name)}`;

/** Whole members, though less of them may differ: lists have no patches. */
function changedMembers({ change, item }: Step): JsonObject {
  const members = new Set(change.fields.map(({ pointer }) => pointer.split('/')[1] ?? ''));
  return Object.fromEntries(Object.entries(item).filter(([name]) => members.has(name)));
}

async function putSetting({ api, change }: Step): Promise<void> {
  const path = `/api/v1/settings/${encodeURIComponent(change.name)}`;
  const etag = await api.etag(path);
  await api.call('PUT', path, { value: change.fields[0]?.after ?? null }, { ifMatch: etag });
}

async function instance(step: Step): Promise<void> {
  const { change, item } = step;
  if (change.action === 'create' && (await isMade(step))) return;
  const changed = change.action === 'create' ? item : changedMembers(step);
  const { desired_state: state, name: _name, server_spec_id: server, agent_id: agent, ...rest } = changed;
  if (change.action === 'update' && (server !== undefined || agent !== undefined))
    throw new CliError(
      `${change.name}: an instance keeps its definition and its agent for life.`,
      EXIT.conflict,
      `quayside rm ${change.name}, then apply again`,
    );
  if (Object.keys(rest).length > 0) await patchInstance(step, rest);
  if (state !== undefined) await step.api.call('POST', `${oneOf(step)}/${verbOf(state)}`, {});
}

const verbOf = (state: JsonValue): 'start' | 'stop' => (state === 'stopped' ? 'stop' : 'start');

/** false: one of that name came with its definition, as those of remote servers do; it is changed then. */
async function isMade({ api, item, env, change: { name } }: Step): Promise<boolean> {
  const { desired_state: state, ...body } = item;
  const given = valuesInPlaceOf(body, name, env) as JsonObject;
  try {
    await api.call('POST', PATHS['instances'] ?? '', given);
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'instance_name_taken') return false;
    throw error;
  }
  if (state === 'stopped')
    await api.call('POST', `/api/v1/mcp/instances/${encodeURIComponent(name)}/stop`, {});
  return true;
}

/** An instance's own secrets stay where they are: they are named by its id, which the text does not know. */
async function patchInstance(step: Step, patch: JsonObject): Promise<void> {
  const { api } = step;
  const { id } = await api.call<{ id: string }>('GET', oneOf(step));
  const text = JSON.stringify(patch).replaceAll(OWN_SECRET, `secret_ref:${id}:`);
  await api.call('PATCH', `${oneOf(step)}?wait=${String(CHANGED_WAIT_S)}`, JSON.parse(text));
}

async function pipeline(step: Step): Promise<void> {
  const { api, change, item } = step;
  const { schedules, ...body } = item;
  const isOld = change.action === 'update';
  const differs = change.fields.some(({ pointer }) => !pointer.startsWith('/schedules'));
  if (!isOld) await api.call('POST', PATHS['pipelines'] ?? '', body);
  else if (differs) await api.call('PUT', oneOf(step), body, { ifMatch: await api.etag(oneOf(step)) });
  if (Array.isArray(schedules)) await replaceSchedules(step, schedules as readonly JsonValue[], isOld);
}

/** Schedules have no names: those that are there make room for those that are wanted. */
async function replaceSchedules(step: Step, wanted: readonly JsonValue[], isOld: boolean): Promise<void> {
  const { api, change } = step;
  if (isOld && !change.fields.some(({ pointer }) => pointer.startsWith('/schedules'))) return;
  const path = `${oneOf(step)}/schedules`;
  const { schedules } = await api.call<{ schedules: readonly { id: string }[] }>('GET', path);
  for (const { id } of schedules) await api.call('DELETE', `${path}/${id}`);
  for (const schedule of wanted) await api.call('POST', path, schedule);
}
