import { type IncomingHttpHeaders } from 'node:http';
import { type JsonObject, type JsonValue } from '@app/kernel';
import {
  failure,
  isFailure,
  isObject,
  metaOf,
  notification,
  type RpcNotification,
  type RpcRequest,
  type RpcResponse,
} from '../wire/json-rpc';
import { newerFault, newerStatus, REMOVED_METHODS } from '../wire/newer-request';
import { META, NEWER_VERSIONS, RPC } from '../wire/protocol';
import { finishWithError } from './bridge-failure';
import { type Listener } from './child-subscriptions';
import { type HttpReply } from './http-reply';
import { type StdioBridge } from './stdio-bridge';
import { newerError, newerResult, olderParams } from './translate';

const DISCOVER_TTL_MS = 60_000;
/** Clients may listen for this many resources at once. */
const MAX_LISTENED_URIS = 100;

/** Serves one request that stands alone. */
export function serveNewer(
  bridge: StdioBridge,
  message: RpcRequest,
  headers: IncomingHttpHeaders,
  reply: HttpReply,
): void {
  const { id, method } = message;
  const fault = newerFault(message, headers);
  if (fault !== undefined) reply.finish({ jsonrpc: '2.0', id, error: fault }, 400);
  else if (REMOVED_METHODS.has(method))
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

function finishFailed(reply: HttpReply, response: RpcResponse): void {
  reply.finish(response, isFailure(response) ? newerStatus(response.error.code) : 200);
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
