import { api } from './client';

/** Who is signed in. Rarely changes; every screen may ask. */
export const useMe = () => api.useQuery('get', '/api/v1/me', {}, { staleTime: 60_000 });

/** Whether the signed-in person holds a permission; false while that is not known. */
export function useMay(permission: string): boolean {
  const { data } = useMe();
  return data?.permissions.includes(permission) ?? false;
}
