/** What every refusal of the API looks like (RFC 9457), as far as a person needs it. */
export interface Problem {
  readonly title: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly code: string;
  readonly status: number;
  readonly docs?: string;
  readonly trace_id?: string;
  readonly request_id?: string;
  readonly errors?: readonly { readonly pointer: string; readonly code: string; readonly detail: string }[];
}

const UNREACHABLE: Problem = {
  title: 'The server did not answer',
  detail: 'The request did not reach it, or the connection ended before the answer.',
  hint: 'Look whether Quayside is running and try again.',
  code: 'unreachable',
  status: 0,
};

const isProblem = (value: unknown): value is Problem =>
  typeof value === 'object' && value !== null && 'title' in value && 'code' in value && 'status' in value;

/** Whatever was thrown, as a problem: one of the API's own, or what happened before there was an answer. */
export function toProblem(error: unknown): Problem {
  if (isProblem(error)) return error;
  if (error instanceof TypeError) return UNREACHABLE;
  const detail = error instanceof Error ? error.message : String(error);
  return { title: 'The answer could not be read', detail, code: 'unreadable_answer', status: 0 };
}

/** The message for one field of a form: `errorOf(problem, '/name')`. */
export const fieldError = (problem: Problem | undefined, pointer: string): string | undefined =>
  problem?.errors?.find((error) => error.pointer === pointer)?.detail;
