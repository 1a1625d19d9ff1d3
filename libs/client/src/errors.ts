/** Base of everything that this library throws. */
export class QuaysideError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Nothing answered, or it hung up: whether the request was carried out is not known. */
export class ConnectionError extends QuaysideError {
  constructor(url: string, options: ErrorOptions) {
    super(`Nothing answers at ${url}.`, options);
  }
}

/** No answer in time: whether the request was carried out is not known. */
export class TimeoutError extends QuaysideError {
  constructor(url: string, timeoutMs: number) {
    super(`${url} did not answer within ${String(timeoutMs)} ms.`);
  }
}

export interface FieldFault {
  readonly pointer?: string;
  readonly code?: string;
  readonly detail?: string;
}

/** RFC 9457, as the installation answers it. */
export interface Problem {
  readonly type?: string;
  readonly title?: string;
  readonly status?: number;
  readonly detail?: string;
  readonly code?: string;
  readonly hint?: string;
  readonly trace_id?: string;
  readonly request_id?: string;
  readonly errors?: readonly FieldFault[];
}

/** It answered that it will not, or cannot. Branch on `code`: it is stable, and each has a page at `/problems/<code>`. */
export class ProblemError extends QuaysideError {
  readonly code: string;
  readonly hint: string | undefined;
  readonly traceId: string | undefined;
  readonly faults: readonly FieldFault[];

  constructor(
    readonly status: number,
    readonly problem: Problem,
    /** After how long it makes sense to ask again; undefined where that was not said. */
    readonly retryAfterMs: number | undefined,
  ) {
    super(problem.detail ?? problem.title ?? `HTTP ${String(status)}`);
    this.code = problem.code ?? 'http_error';
    this.hint = problem.hint;
    this.traceId = problem.trace_id;
    this.faults = problem.errors ?? [];
  }
}

/** 400, 422: the request is wrong; `faults` says where. */
export class InvalidError extends ProblemError {}
/** 401, 403. */
export class NotAllowedError extends ProblemError {}
export class NotFoundError extends ProblemError {}
/** 409: something else is in the way. */
export class ConflictError extends ProblemError {}
/** 412: it was changed since it was read. */
export class StaleError extends ProblemError {}
/** 429: a rate limit or a quota. */
export class LimitedError extends ProblemError {}
/** 502, 503, 504: not now. */
export class UnavailableError extends ProblemError {}

type ProblemClass = new (...given: ConstructorParameters<typeof ProblemError>) => ProblemError;
const CLASSES: Readonly<Record<number, ProblemClass>> = {
  ...{ 400: InvalidError, 422: InvalidError, 401: NotAllowedError, 403: NotAllowedError },
  ...{ 404: NotFoundError, 409: ConflictError, 412: StaleError, 429: LimitedError },
  ...{ 502: UnavailableError, 503: UnavailableError, 504: UnavailableError },
};

export function problemErrorOf(
  status: number,
  problem: Problem,
  retryAfterMs: number | undefined,
): ProblemError {
  const Class = CLASSES[status] ?? ProblemError;
  return new Class(status, problem, retryAfterMs);
}
