import { queryClient } from '~/api/query-client';
import { notifyDone } from '~/components';

interface Answer<T> {
  readonly data?: T;
  readonly error?: unknown;
}

/** Asks for a change; a refusal is thrown as it came, and what the lists show is asked for again. */
export async function act<T>(answer: Promise<Answer<T>>, done?: string): Promise<T> {
  const { data, error } = await answer;
  if (error !== undefined) throw error as Error;
  await queryClient.invalidateQueries();
  if (done !== undefined) notifyDone(done);
  return data as T;
}

/** Whatever version is stored: for what is said of the thing and not of what it holds. */
export const ANY_VERSION = { 'If-Match': '*' } as const;
