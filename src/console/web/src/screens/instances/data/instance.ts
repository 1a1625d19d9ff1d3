import { rest } from '~/api/client';
import { type components } from '~/api/schema.gen';
import { type Frame } from '~/live/frames';
import { type RowPatch } from '~/live/patch-rows';
import { RecentPatches } from '~/live/recent-patches';
import { type InstancesSearch } from '../search';
import { type InstancePage, PAGE_SIZE } from './windows';

type Schemas = components['schemas'];
export type Instance = Schemas['InstanceDto'];
export type InstanceActivity = Schemas['InstanceActivityDto'];

/** What events told last of instances, whoever listened. */
export const recentlyTold = new RecentPatches();

const idOf = ({ id }: Instance): string => id;

/** The address is read only, and what the client sends is not. */
export const asQuery = ({ label, ...rest }: InstancesSearch) => ({
  ...rest,
  ...(label === undefined ? {} : { label: [...label] }),
});

export async function readPage(
  search: InstancesSearch,
  page: number,
  signal: AbortSignal,
): Promise<InstancePage> {
  const { data, error, response } = await rest.GET('/api/v1/mcp/instances', {
    params: { query: { ...asQuery(search), limit: PAGE_SIZE, skip: page * PAGE_SIZE, count: true } },
    signal,
  });
  if (error !== undefined) throw error;
  const rows = recentlyTold.upToDate(data.instances, response, idOf);
  return { rows, total: data.total ?? rows.length };
}

export async function readInstance(idOrName: string, signal?: AbortSignal): Promise<Instance> {
  const { data, error, response } = await rest.GET('/api/v1/mcp/instances/{id}', {
    params: { path: { id: idOrName } },
    ...(signal === undefined ? {} : { signal }),
  });
  if (error !== undefined) throw error;
  return recentlyTold.upToDate([data], response, idOf)[0] ?? data;
}

export interface InstanceFrame {
  readonly patch: RowPatch;
  /** The frame does not tell all that changed: the row has to be read again. */
  readonly isPartial: boolean;
}

/** What a frame says about a row. Requests tell no reason and none of the new specification. */
export function readFrame(frame: Frame): InstanceFrame | undefined {
  const { instance_id: id, status, name, timestamp, sequence } = frame;
  if (typeof id !== 'string' || typeof status !== 'string') return undefined;
  const changes: Record<string, unknown> = { status };
  if (typeof name === 'string') changes['name'] = name;
  if (typeof frame['reason'] === 'string') changes['reason'] = frame['reason'];
  if (typeof frame['tools'] === 'number') changes['tools'] = frame['tools'];
  if (typeof frame['attempt'] === 'number') {
    changes['attempt'] = frame['attempt'];
    changes['next_attempt_at'] = frame['next_attempt_at'] ?? null;
  }
  if (typeof timestamp === 'string') changes['last_checked_at'] = timestamp;
  return {
    patch: { id, changes, ...(sequence === undefined ? {} : { sequence }) },
    isPartial: changes['reason'] === undefined,
  };
}

export const isGoing = ({ patch: { changes } }: InstanceFrame): boolean =>
  changes['status'] === 'deleting' || changes['status'] === 'deleted';
