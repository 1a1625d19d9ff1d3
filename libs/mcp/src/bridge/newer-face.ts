import { type IncomingHttpHeaders } from 'node:http';
import { type JsonObject, type JsonValue } from '@app/kernel';
import { decodeHeaderValue } from '../wire/header-value';
import {
  failure,
  isFailure,
  isObject,
  metaOf,
  notification,
  type RpcError,
  type RpcNotification,
  type RpcRequest,
  type RpcResponse,
} from '../wire/json-rpc';
import { HEADER, META, namedMember, NEWER_VERSIONS, RPC } from '../wire/protocol';
import { finishWithError } from './bridge-failure';
import { type Listener } from './child-subscriptions';
import { type HttpReply } from './http-reply';
import { type StdioBridge } from './stdio-bridge';
import { newerError, newerResult, olderParams } from './translate';

const REMOVED: ReadonlySet<string> = new Set([
  'initialize',
  'ping',
  'logging/setLevel',
  'resources/subscribe',
  'resources/unsubscribe',
]);
const DISCOVER_TTL_MS = 60_000;
/** Clients may listen for this many resources at once. */
const MAX_LISTENED_URIS = 100;

/** What is wrong with a request that calls itself newer, or undefined. */
export function newerFault(message: RpcRequest, headers: IncomingHttpHeaders): RpcError | undefined {
  const meta = metaOf(message.params);
  const version = meta[META.version];
  const header = headers[HEADER.version];
  if (typeof version !== 'string' || header !== version)
    return mismatch(`${HEADER.version} and _meta disagree`);
  if (!NEWER_VERSIONS.includes(version))
    return {
      code: RPC.unsupportedVersion,
      message: 'Unsupported protocol version',
      data: { supported: NEWER_VERSIONS, requested: version },
    };
  if (!isObject(meta[META.clientCapabilities]))
    return { code: RPC.invalidParams, message: `_meta must hold ${META.clientCapabilities}` };
  if (headers[HEADER.method] !== message.method) return mismatch(`${HEADER.method} and method disagree`);
  return nameFault(message, headers);
}

function nameFault({ method, params }: RpcRequest, headers: IncomingHttpHeaders): RpcError | undefined {
  const member = namedMember(method);
  if (member === undefined) return undefined;
  const header = headers[HEADER.name];
  const name = typeof header === 'string' ? decodeHeaderValue(header) : undefined;
  return name !== undefined && name === params?.[member]
    ? undefined
    : mismatch(`${HEADER.name} and ${member} disagree`);
}

const mismatch = (message: string): RpcError => ({ code: RPC.headerMismatch, message });

/** Serves one request that stands alone. */
export function serveNewer(
  bridge: StdioBridge,
  message: RpcRequest,
  headers: IncomingHttpHeaders,
  reply: HttpReply,
): void {
  const { id, method } = message;
  const fault = newerFault(message, headers);
  if (fault !== undefined) finishFailed(reply, { jsonrpc: '2.0', id, error: fault });
  else if (REMOVED.has(method))
    finishFailed(reply, failure(id, RPC.methodNotFound, `Method not found: ${method}`));
  else if (method === 'subscriptions/listen') listen(bridge, message, reply);
  else if (method === 'server/discover') reply.finish({ jsonrpc: '2.0', id, result: discoverResult(bridge) });
  else
    forward(bridge, message, reply).catch((error: unknown) => {
      finishWithError(reply, id, error);
    });
}

function discoverResult({ verdict }: StdioBridge): JsonObject {
  const { capabilities, serverInfo, instructions, era } = verdict;
  const { logging: _log, tasks: _tasks, ...offered } = capabilities;
  return {
    resultType: 'complete',
    supportedVersions: NEWER_VERSIONS,
    capabilities: era === 'newer' ? capabilities : offered,
    ...(instructions === undefined ? {} : { instructions }),
    ttlMs: DISCOVER_TTL_MS,
    cacheScope: 'private',
    _meta: { [META.serverInfo]: serverInfo },
  };
}

async function forward(bridge: StdioBridge, message: RpcRequest, reply: HttpReply): Promise<void> {
  const { id, method, params = {} } = message;
  const { era, serverInfo } = bridge.verdict;
  const isTranslated = era === 'older';
  const call = bridge.start(method, isTranslated ? olderParams(params) : params, (progress) => {
    reply.write(progress);
  });
  reply.onGone(() => {
    call.cancel('its client went away');
  });
  const response = await call.answer;
  if (isFailure(response)) {
    const error = isTranslated ? newerError(response.error) : response.error;
    finishFailed(reply, { jsonrpc: '2.0', id, error });
    return;
  }
  const result = isTranslated ? newerResult(method, response.result, serverInfo) : response.result;
  reply.finish({ jsonrpc: '2.0', id, result });
}

const STATUS: Readonly<Record<number, number>> = {
  [RPC.headerMismatch]: 400,
  [RPC.missingCapability]: 400,
  [RPC.unsupportedVersion]: 400,
  [RPC.methodNotFound]: 404,
};

function finishFailed(reply: HttpReply, response: RpcResponse): void {
  reply.finish(response, isFailure(response) ? (STATUS[response.error.code] ?? 200) : 200);
}

const LIST_OPTIONS: readonly (readonly [string, string])[] = [
  ['toolsListChanged', 'notifications/tools/list_changed'],
  ['promptsListChanged', 'notifications/prompts/list_changed'],
  ['resourcesListChanged', 'notifications/resources/list_changed'],
];

/** A stream that lasts until its client closes it; what is granted is said first. */
function listen(bridge: StdioBridge, { id, params }: RpcRequest, reply: HttpReply): void {
  const wanted = isObject(params?.notifications) ? params.notifications : {};
  const lists = LIST_OPTIONS.filter(([option]) => wanted[option] === true);
  const uris = asTexts(wanted.resourceSubscriptions).slice(0, MAX_LISTENED_URIS);
  const granted = {
    ...Object.fromEntries(lists.map(([option]) => [option, true])),
    ...(uris.length === 0 ? {} : { resourceSubscriptions: uris }),
  };
  const stamp = { [META.subscriptionId]: id };
  const listener: Listener = {
    lists: new Set(lists.map(([, method]) => method)),
    uris: new Set(uris),
    hear: (message: RpcNotification) => {
      reply.write({
        ...message,
        params: { ...message.params, _meta: { ...metaOf(message.params), ...stamp } },
      });
    },
  };
  reply.write(
    notification('notifications/subscriptions/acknowledged', { notifications: granted, _meta: stamp }),
  );
  bridge.subscriptions.add(listener);
  reply.onGone(() => {
    bridge.subscriptions.remove(listener);
  });
}

const asTexts = (value: JsonValue | undefined): string[] =>
  Array.isArray(value) ? (value as readonly JsonValue[]).filter((part) => typeof part === 'string') : [];
