import { type JsonObject, type JsonValue } from '@app/kernel';
import { isObject, metaOf, type RpcError } from '../wire/json-rpc';
import { CLIENT_INFO, META, NEWER_VERSION, RPC } from '../wire/protocol';

// What a message becomes when it crosses from one era to the other. Pure: nothing here waits or sends.

/** How long a list of an older server may be kept: it has no words for it, so the time is ours. */
const OLDER_LIST_TTL_MS = 60_000;
const CACHEABLE: ReadonlySet<string> = new Set([
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  'resources/read',
]);
const NEWER_META = new Set<string>([META.version, META.clientCapabilities, META.clientInfo, META.logLevel]);

const without = (object: JsonObject, drop: (key: string) => boolean): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([key]) => !drop(key)));

/** For an older server: the members that only the newer era knows are taken off. */
export function olderParams(params: JsonObject): JsonObject {
  const { _meta, inputResponses: _answers, requestState: _state, ...rest } = params;
  if (!isObject(_meta)) return rest;
  const meta = without(_meta, (key) => NEWER_META.has(key));
  return Object.keys(meta).length === 0 ? rest : { ...rest, _meta: meta };
}

export interface ClientDescription {
  readonly capabilities: JsonObject;
  readonly clientInfo?: JsonValue;
}

/** For a newer server: what a session knows once, each request says again. */
export function newerParams(params: JsonObject, client: ClientDescription): JsonObject {
  return {
    ...params,
    _meta: {
      ...metaOf(params),
      [META.version]: NEWER_VERSION,
      [META.clientCapabilities]: client.capabilities,
      [META.clientInfo]: client.clientInfo ?? CLIENT_INFO,
    },
  };
}

export function newerResult(method: string, result: JsonObject, serverInfo: JsonObject): JsonObject {
  return {
    ...result,
    resultType: 'complete',
    ...(CACHEABLE.has(method) ? { ttlMs: method === 'resources/read' ? 0 : OLDER_LIST_TTL_MS } : {}),
    // What an older server shows may depend on who asks; it cannot say otherwise.
    ...(CACHEABLE.has(method) ? { cacheScope: 'private' } : {}),
    _meta: { ...metaOf(result), [META.serverInfo]: serverInfo },
  };
}

export function olderResult(result: JsonObject): JsonObject {
  const { resultType: _type, ...rest } = result;
  return rest;
}

export function newerError(error: RpcError): RpcError {
  return error.code === RPC.resourceNotFound ? { ...error, code: RPC.invalidParams } : error;
}

export function olderError(method: string, error: RpcError): RpcError {
  const isMissing = method === 'resources/read' && error.code === RPC.invalidParams;
  return isMissing ? { ...error, code: RPC.resourceNotFound } : error;
}
