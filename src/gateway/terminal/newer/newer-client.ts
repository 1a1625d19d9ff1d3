import { type JsonObject } from '@app/kernel';
import { isObject, META, metaOf, NEWER_VERSION, type RpcRequest } from '@app/mcp';
import { type Principal } from '@app/telemetry';
import { type McpClient } from '../conversation';
import { isLogLevel } from '../log-level';

/** Said with each request; what an upstream shall know of it is said again by whoever asks it. */
const CLIENT_META: ReadonlySet<string> = new Set([META.version, META.clientCapabilities, META.clientInfo]);

/** Who asks, by what the request says; whether it says all that it must is checked elsewhere. */
export function clientOf(principal: Principal, { params }: RpcRequest): McpClient {
  const meta = metaOf(params);
  const version = meta[META.version];
  const capabilities = meta[META.clientCapabilities];
  const info = meta[META.clientInfo];
  return {
    principal,
    era: 'newer',
    protocolVersion: typeof version === 'string' ? version : NEWER_VERSION,
    capabilities: isObject(capabilities) ? capabilities : {},
    info: isObject(info) ? info : {},
  };
}

/** Without a level a client wants no log messages at all. */
export function logLevelOf(params: JsonObject | undefined): string | undefined {
  const level = metaOf(params)[META.logLevel];
  return isLogLevel(level) ? level : undefined;
}

/** What is left of a request when the era's own members are taken off. */
export function ownParams({ _meta, ...rest }: JsonObject): JsonObject {
  if (!isObject(_meta)) return rest;
  const kept = Object.entries(_meta).filter(([key]) => !CLIENT_META.has(key));
  return kept.length === 0 ? rest : { ...rest, _meta: Object.fromEntries(kept) };
}
