import { DomainError, type ErrorKind, type JsonValue } from '@app/kernel';
import { McpRequestRefusedError, type RpcError } from '@app/mcp';
import { requestContext } from '@app/telemetry';

const INVALID_REQUEST = -32600;
const INVALID_PARAMS = -32602;
const INTERNAL = -32603;
const MS_PER_S = 1_000;

/**
 * Application codes: positive, since JSON-RPC and MCP keep the negative range to themselves, and a thousand above the HTTP
 * status of the same failure, so that nobody has to look them up twice.
 */
const CODES: Readonly<Record<ErrorKind, number>> = {
  malformed: INVALID_REQUEST,
  invalid: INVALID_PARAMS,
  unauthenticated: 1401,
  forbidden: 1403,
  not_found: 1404,
  conflict: 1409,
  stale: 1412,
  too_large: 1413,
  precondition_required: 1428,
  exhausted: 1429,
  upstream: 1502,
  unavailable: 1503,
  timeout: 1504,
};
/** What a server that we stand for would have called invalid parameters. */
const INVALID_PARAMS_CODES: ReadonlySet<string> = new Set([
  'tool_unknown',
  'prompt_unknown',
  'resource_unknown',
]);

/** The one place where an error becomes a JSON-RPC error: an upstream's own words as they are, ours with code and hint. */
export function rpcErrorOf(error: unknown, traceId = requestContext.get()?.traceId): RpcError {
  if (error instanceof McpRequestRefusedError) return upstreamsOwn(error);
  const trace = traceId === undefined ? {} : { trace_id: traceId };
  if (!(error instanceof DomainError)) {
    return { code: INTERNAL, message: 'Internal error', data: { code: 'internal_error', ...trace } };
  }
  const { code, kind, title, message, hint, retryAfterS, facts } = error;
  return {
    code: INVALID_PARAMS_CODES.has(code) ? INVALID_PARAMS : CODES[kind],
    message,
    data: {
      ...facts,
      code,
      reason: title,
      ...(hint === undefined ? {} : { hint }),
      ...(retryAfterS === undefined ? {} : { retry_after_ms: Math.ceil(retryAfterS * MS_PER_S) }),
      ...trace,
    },
  };
}

function upstreamsOwn({ rpcCode, message, data }: McpRequestRefusedError): RpcError {
  // It came out of JSON and goes back into it.
  return { code: rpcCode, message, ...(data === undefined ? {} : { data: data as JsonValue }) };
}
