import { STATUS_CODES } from 'node:http';
import { DomainError, type ErrorKind } from '@app/kernel';
import { HttpException } from '@nestjs/common';
import { etagOf } from '../etag/etag';
import { StaleVersionError } from '../etag/etag-errors';
import { FRAMEWORK_PROBLEMS, type FrameworkProblem, MALFORMED_REQUEST } from './framework-problems';
import { type ProblemDto } from './problem.dto';

export const PROBLEM_TYPE = 'application/problem+json';

const STATUS: Readonly<Record<ErrorKind, number>> = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  stale: 412,
  too_large: 413,
  invalid: 422,
  precondition_required: 428,
  exhausted: 429,
  upstream: 502,
  unavailable: 503,
  timeout: 504,
};
export const statusOf = ({ kind }: DomainError): number => STATUS[kind];

/** Sent when nobody knows better: a client that waits a second is a polite one. */
const DEFAULT_RETRY_AFTER_S = 1;
const WAIT_STATUSES: ReadonlySet<number> = new Set([429, 503]);
/** Framework errors without a code of their own: no page explains them. */
const WITHOUT_PAGE: ReadonlySet<string> = new Set(['http_error', 'internal_error']);
const MAX_PATH_CHARACTERS = 2_048;
const BAD_REQUEST = 400;

/** The request an error belongs to. */
export interface ProblemPlace {
  readonly path: string;
  readonly requestId: string;
  readonly traceId: string;
}

export interface ProblemAnswer {
  readonly body: ProblemDto;
  readonly headers: Readonly<Record<string, string>>;
}

type Failure = Omit<ProblemDto, 'type' | 'docs' | 'instance' | 'trace_id' | 'request_id'>;

/** The one place where an error becomes an HTTP answer (RFC 9457). */
export function problemOf(error: unknown, place: ProblemPlace): ProblemAnswer {
  const failure = failureOf(error);
  const page = WITHOUT_PAGE.has(failure.code) ? undefined : `/problems/${failure.code}`;
  const body: ProblemDto = {
    type: page ?? 'about:blank',
    ...failure,
    ...(page === undefined ? {} : { docs: page }),
    // The query is cut: it may carry a ticket, and problems are copied into chats.
    instance: (place.path.split('?')[0] ?? '').slice(0, MAX_PATH_CHARACTERS),
    request_id: place.requestId,
    trace_id: place.traceId,
  };
  return { body, headers: headersOf(error, body.status) };
}

function failureOf(error: unknown): Failure {
  if (error instanceof DomainError) return domainFailure(error);
  const status = clientFault(error);
  if (status === undefined) {
    const detail = 'The cause is in the log, under this request id.';
    return { status: 500, code: 'internal_error', title: 'Internal error', detail };
  }
  return frameworkProblemOf(error, status) ?? plainFailure(error, status);
}

/** A 400 of Nest itself has words of its own; one that Fastify found (it is the cause) has not. */
function frameworkProblemOf(error: unknown, status: number): FrameworkProblem | undefined {
  if (status !== BAD_REQUEST) return FRAMEWORK_PROBLEMS.get(status);
  return error instanceof HttpException && error.cause === undefined ? undefined : MALFORMED_REQUEST;
}

function plainFailure(error: unknown, status: number): Failure {
  const title = STATUS_CODES[status] ?? 'Error';
  return {
    status,
    code: 'http_error',
    title,
    detail: error instanceof HttpException ? error.message : title,
  };
}

function domainFailure(error: DomainError): Failure {
  const { code, title, message, hint, errors, upstream, facts } = error;
  return {
    ...facts,
    status: statusOf(error),
    code,
    title,
    detail: message,
    ...(hint === undefined ? {} : { hint }),
    ...(errors === undefined ? {} : { errors }),
    ...(upstream === undefined ? {} : { upstream }),
  };
}

/** The status of an error that Nest, Fastify or one of their plugins blames on the caller. */
export function clientFault(error: unknown): number | undefined {
  const status =
    error instanceof HttpException ? error.getStatus() : (error as StatusCarrier | null)?.statusCode;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

interface StatusCarrier {
  readonly statusCode?: unknown;
}

function headersOf(error: unknown, status: number): Record<string, string> {
  const retryAfterS =
    (error instanceof DomainError ? error.retryAfterS : undefined) ??
    (WAIT_STATUSES.has(status) ? DEFAULT_RETRY_AFTER_S : undefined);
  return {
    ...(retryAfterS === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(retryAfterS))) }),
    ...(error instanceof StaleVersionError ? { etag: etagOf(error.current) } : {}),
    ...(status === 401 ? { 'www-authenticate': 'Bearer realm="quayside"' } : {}),
  };
}
