import { QueryClient } from '@tanstack/react-query';
import { toProblem } from './problem';

const MAX_RETRIES = 2;
/** So long an answer is shown again without a question, on a screen that was left and comes back. */
export const FRESH_MS = 15_000;

/** A refusal is an answer and is not asked again; only what may pass by itself is. */
const mayPass = (error: unknown): boolean => {
  const { status } = toProblem(error);
  return status === 0 || status === 429 || status >= 500;
};

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      refetchOnWindowFocus: false,
      retry: (failures, error) => failures < MAX_RETRIES && mayPass(error),
    },
    // Whether a change happened is not known after a lost answer, so it is never sent twice.
    mutations: { retry: false },
  },
});
