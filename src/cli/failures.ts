import { ConnectionError, ProblemError, TimeoutError } from '@app/client';
import { InvalidEnvironmentError } from '@app/config';

/** Documented in docs/cli.md; scripts branch on them. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  notAllowed: 4,
  timeout: 5,
  conflict: 6,
  unreachable: 7,
  toolError: 8,
  inputRequired: 9,
  configuration: 78,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What a command says when it gives up: one sentence, and what to do next. */
export class CliError extends Error {
  override readonly name = 'CliError';
  constructor(
    message: string,
    readonly exitCode: ExitCode = EXIT.failed,
    /** A command, or a sentence. */
    readonly hint?: string,
  ) {
    super(message);
  }
}

const BY_STATUS: Readonly<Record<number, ExitCode>> = {
  401: EXIT.notAllowed,
  403: EXIT.notAllowed,
  404: EXIT.notFound,
  408: EXIT.timeout,
  409: EXIT.conflict,
  410: EXIT.notFound,
  412: EXIT.conflict,
  504: EXIT.timeout,
};

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CliError) return error.exitCode;
  if (error instanceof ConnectionError) return EXIT.unreachable;
  if (error instanceof TimeoutError) return EXIT.timeout;
  if (error instanceof InvalidEnvironmentError) return EXIT.configuration;
  if (error instanceof ProblemError) return BY_STATUS[error.status] ?? EXIT.failed;
  return EXIT.failed;
}

/** For stderr: what happened, what to do, and what to tell whoever is asked for help. A stack helps nobody at a prompt. */
export function linesOf(error: unknown): readonly string[] {
  if (error instanceof ProblemError) return linesOfProblem(error);
  const message = error instanceof Error ? error.message : String(error);
  const hint = hintOf(error);
  return [message, ...(hint === undefined ? [] : [`  try: ${hint}`])];
}

function hintOf(error: unknown): string | undefined {
  if (error instanceof ConnectionError)
    return '"quayside status" says what runs here, "quayside up" starts it';
  return error instanceof CliError ? error.hint : undefined;
}

function linesOfProblem({ problem, status, message }: ProblemError): readonly string[] {
  const { title, detail, hint, code, trace_id: trace, errors = [] } = problem;
  const next = hint ?? NEXT[code ?? ''];
  return [
    detail === undefined || title === undefined || detail === title ? message : `${title}: ${detail}`,
    ...errors.map(({ pointer, detail: fault }) => `  ${pointer ?? ''}: ${fault ?? ''}`),
    ...(next === undefined ? [] : [`  hint: ${next}`]),
    `  code: ${code ?? `HTTP ${String(status)}`}${trace === undefined ? '' : `   trace: ${trace}`}`,
  ];
}

/** Where the answer itself knows no way on. */
const NEXT: Readonly<Record<string, string>> = {
  unauthenticated: 'set QUAYSIDE_API_KEY, or name a key with --key-file',
  instance_not_found: 'quayside ps',
};
