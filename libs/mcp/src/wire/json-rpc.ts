import { type JsonObject, type JsonValue } from '@app/kernel';

export type RpcId = string | number;

export interface RpcRequest {
  readonly jsonrpc: '2.0';
  readonly id: RpcId;
  readonly method: string;
  readonly params?: JsonObject;
}
export interface RpcNotification {
  readonly jsonrpc: '2.0';
  readonly method: string;
  readonly params?: JsonObject;
}
export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: JsonValue;
}
export interface RpcResult {
  readonly jsonrpc: '2.0';
  readonly id: RpcId;
  readonly result: JsonObject;
}
export interface RpcFailure {
  readonly jsonrpc: '2.0';
  /** null when the request was too broken to have an id. */
  readonly id: RpcId | null;
  readonly error: RpcError;
}
export type RpcResponse = RpcResult | RpcFailure;
export type RpcMessage = RpcRequest | RpcNotification | RpcResponse;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isId = (value: unknown): value is RpcId =>
  typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));

/** undefined for anything that is not exactly one JSON-RPC message; batches are none. */
export function parseMessage(text: string): RpcMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The one expected failure: the caller knows what broken text means where it came from.
    return undefined;
  }
  return asMessage(value);
}

export function asMessage(value: unknown): RpcMessage | undefined {
  if (!isObject(value) || value.jsonrpc !== '2.0') return undefined;
  if (typeof value.method === 'string') return asCall(value);
  return asResponse(value);
}

function asCall(value: JsonObject): RpcMessage | undefined {
  if (value.params !== undefined && !isObject(value.params)) return undefined;
  if (value.id !== undefined && !isId(value.id)) return undefined;
  return value as unknown as RpcRequest | RpcNotification;
}

function asResponse(value: JsonObject): RpcMessage | undefined {
  const { id, result, error } = value;
  if (error === undefined) return isObject(result) && isId(id) ? (value as unknown as RpcResult) : undefined;
  const about = id ?? null;
  // `result: null` beside an error is how some servers write nothing; both together are neither.
  if (isObject(result) || !isError(error) || (about !== null && !isId(about))) return undefined;
  return { jsonrpc: '2.0', id: about, error };
}

const isError = (value: unknown): value is JsonObject & RpcError =>
  isObject(value) && typeof value.code === 'number' && typeof value.message === 'string';

export const isCall = (message: RpcMessage): message is RpcRequest | RpcNotification => 'method' in message;
export const isRequest = (message: RpcMessage): message is RpcRequest =>
  'method' in message && 'id' in message;
export const isFailure = (message: RpcMessage): message is RpcFailure => 'error' in message;

export const metaOf = (params: JsonObject | undefined): JsonObject =>
  isObject(params?._meta) ? params._meta : {};

export const request = (id: RpcId, method: string, params?: JsonObject): RpcRequest => ({
  jsonrpc: '2.0',
  id,
  method,
  ...(params === undefined ? {} : { params }),
});
export const notification = (method: string, params?: JsonObject): RpcNotification => ({
  jsonrpc: '2.0',
  method,
  ...(params === undefined ? {} : { params }),
});
export const failure = (id: RpcId | null, code: number, message: string, data?: JsonValue): RpcFailure => ({
  jsonrpc: '2.0',
  id,
  error: { code, message, ...(data === undefined ? {} : { data }) },
});
