import { useQuery } from '@tanstack/react-query';
import { rest } from '~/api/client';
import { useMay, useMe } from '~/api/me';
import { type Named, nameOf } from './actor-names';

/** Names change rarely. */
const FRESH_MS = 300_000;
/** Of a larger installation those beyond keep their ids. */
const FIRST = { params: { query: { limit: 200 } } };

/** Who did something, by the name that people know; what the trail holds is in its title. */
export function Actor({ id }: { readonly id: string }) {
  const { data: me } = useMe();
  const isOther = id.startsWith('user:') && id !== `user:${me?.user_id ?? ''}`;
  const users = useNames('users', readUsers, useMay('users:read') && isOther);
  const keys = useNames('keys', readKeys, useMay('keys:read') && id.startsWith('key:'));
  return <span title={id}>{nameOf(id, { ...(me === undefined ? {} : { me }), users, keys })}</span>;
}

/** By a key of its own: the pages of the administration keep these lists in another shape. */
function useNames(of: string, read: () => Promise<readonly Named[]>, isAsked: boolean): readonly Named[] {
  const { data = [] } = useQuery({
    ...{ queryKey: ['names', of], queryFn: read, enabled: isAsked, staleTime: FRESH_MS, retry: false },
  });
  return data;
}

async function readUsers(): Promise<readonly Named[]> {
  const { data } = await rest.GET('/api/v1/users', FIRST);
  return (data?.users ?? []).map(({ id, username }) => ({ id, name: username }));
}

async function readKeys(): Promise<readonly Named[]> {
  const { data } = await rest.GET('/api/v1/api-keys', FIRST);
  return (data?.api_keys ?? []).map(({ id, name }) => ({ id, name }));
}
