import { DomainError } from '@app/kernel';
import { type RpcError, type RpcId } from '@app/mcp';
import { type RawResponse } from '@app/plain-http';
import { rpcErrorOf } from './rpc-errors';
import { type Arrival } from './arrival';
import { type Visit } from './visit';

const BAD_REQUEST = 400;
const SERVER_FAULT = 500;
const INTERNAL = -32603;
/** Application codes are the status of the same failure and this. */
const CODE_OFFSET = 1_000;

/** The HTTP status that says the same as an error of ours. */
export function statusOfRpc({ code }: RpcError): number {
  if (code > CODE_OFFSET) return code - CODE_OFFSET;
  return code === INTERNAL ? SERVER_FAULT : BAD_REQUEST;
}

/** What every answer says of its request, as pairs in one list, which Node writes without looking them over. */
export const houseHeaders = ({ requestId, limit }: Pick<Arrival, 'requestId' | 'limit'>): string[] =>
  limit === undefined
    ? ['x-request-id', requestId]
    : ['x-request-id', requestId, 'ratelimit-policy', limit[0], 'ratelimit', limit[1]];

/** Answers with a JSON-RPC error, as long as nothing was said yet. */
export function answerRpcError(
  visit: Visit,
  error: RpcError,
  about: {
    readonly status: number;
    readonly id?: RpcId | null | undefined;
    readonly headers?: readonly string[];
  },
): void {
  const { response } = visit;
  if (response.headersSent || response.destroyed) return;
  const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: about.id ?? null, error }));
  const headers = [
    ...houseHeaders(visit),
    ...['content-type', 'application/json', 'content-length', String(body.length)],
    ...(about.headers ?? []),
  ];
  response.writeHead(about.status, headers);
  response.end(body);
}

/** An error of ours, under the status of its kind unless another is given. */
export function answerError(
  visit: Visit,
  error: unknown,
  status?: number,
  headers: readonly string[] = [],
): void {
  const rpc = rpcErrorOf(error, visit.scope.traceId);
  const retryAfterS = error instanceof DomainError ? error.retryAfterS : undefined;
  const { scan } = visit;
  answerRpcError(visit, rpc, {
    status: status ?? statusOfRpc(rpc),
    id: scan?.kind === 'request' ? scan.id : null,
    headers: [
      ...headers,
      ...(retryAfterS === undefined ? [] : ['retry-after', String(Math.ceil(retryAfterS))]),
    ],
  });
}

/** For a message that has no answer. */
export function answerNothing(response: RawResponse, status: number, headers: readonly string[] = []): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, [...headers, 'content-length', '0']);
  response.end();
}
