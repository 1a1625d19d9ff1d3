import { useQuery } from '@tanstack/react-query';
import { api } from './client';
import { queryClient } from './query-client';

const FRESH_MS = 60_000;
const session = api.queryOptions('get', '/api/v1/auth/session');
const me = api.queryOptions('get', '/api/v1/me', {}, { staleTime: FRESH_MS });

export const useSession = () => useQuery(session);

/** Who is signed in. Rarely changes; every screen may ask. */
export const useMe = () => useQuery(me);

/** Asks for both before anything is drawn, as what is drawn depends on them. Without an answer nothing is known, as ever. */
export async function meetFirst(): Promise<void> {
  const known = await queryClient.query(session).catch(() => undefined);
  if (known?.signed_in === true) await queryClient.query(me);
}

/** Whether the signed-in person holds a permission; false while that is not known. */
export function useMay(permission: string): boolean {
  const { data } = useMe();
  return data?.permissions.includes(permission) ?? false;
}
