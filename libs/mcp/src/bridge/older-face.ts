import { type JsonObject } from '@app/kernel';
import {
  failure,
  isCall,
  isFailure,
  isObject,
  isRequest,
  type RpcMessage,
  type RpcNotification,
  type RpcRequest,
  type RpcResponse,
} from '../wire/json-rpc';
import { OLDER_VERSION, OLDER_VERSIONS, OUR_RPC, RPC } from '../wire/protocol';
import { finishWithError } from './bridge-failure';
import { type BridgeSession } from './bridge-session';
import { type HttpReply } from './http-reply';
import { type BridgeVerdict, type StdioBridge } from './stdio-bridge';
import { CallCancelledError } from './stdio-link';
import { newerParams, olderError, olderParams, olderResult } from './translate';

/** Rounds of questions that one call may cost its client. */
const MAX_ROUNDS = 8;
/** Calls that one client may have open. */
const MAX_CALLS_PER_SESSION = 200;

/** The answer to `initialize`, from what the process said when it was opened. */
export function initializeResult(verdict: BridgeVerdict, asked: unknown, isShared: boolean): JsonObject {
  const { capabilities, serverInfo, instructions } = verdict;
  // A log of all clients together belongs to nobody; experimental tasks would outlive the ids we give.
  const { logging: _log, tasks: _tasks, ...offered } = capabilities;
  return {
    protocolVersion: negotiated(verdict, asked),
    capabilities: isShared ? offered : capabilities,
    serverInfo,
    ...(instructions === undefined ? {} : { instructions }),
  };
}

/** What the client asks for, unless the process is older than that. */
export function negotiated(verdict: BridgeVerdict, asked: unknown): string {
  const best = verdict.era === 'older' ? verdict.protocolVersion : OLDER_VERSION;
  if (typeof asked !== 'string' || !OLDER_VERSIONS.includes(asked)) return best;
  return asked < best ? asked : best;
}

/** Serves one message of a session. */
export function serveOlder(session: BridgeSession, message: RpcMessage, reply: HttpReply): void {
  if (!isCall(message)) {
    session.answered(message);
    reply.end();
  } else if (isRequest(message)) {
    serveRequest(session, message, reply);
  } else {
    serveNotification(session, message);
    reply.end();
  }
}

function serveNotification(session: BridgeSession, message: RpcNotification): void {
  if (message.method === 'notifications/cancelled') {
    const id = message.params?.requestId;
    if (typeof id !== 'string' && typeof id !== 'number') return;
    session.calls.get(id)?.call.cancel('its client cancelled it');
    return;
  }
  const isOwn = session.stopOwn !== undefined && message.method !== 'notifications/initialized';
  if (isOwn) session.bridge.send(message);
}

function serveRequest(session: BridgeSession, message: RpcRequest, reply: HttpReply): void {
  const { id } = message;
  const own = ownResult(session, message);
  if (own !== undefined) {
    reply.finish({ jsonrpc: '2.0', id, ...own } as RpcResponse);
  } else if (session.calls.has(id)) {
    reply.finish(failure(id, RPC.invalidRequest, 'This id is in use by a call that is still open'), 400);
  } else if (session.calls.size >= MAX_CALLS_PER_SESSION) {
    reply.finish(failure(id, OUR_RPC.busy, 'Too many calls are open in this session'), 503, {
      'Retry-After': '1',
    });
  } else {
    forward(session, message, reply).catch((error: unknown) => {
      finishWithError(reply, id, error);
    });
  }
}

type Own = Pick<Exclude<RpcResponse, { error: unknown }>, 'result'> | { readonly error: object };

/** What is answered here: a process that is shared, or of the newer era, has no word for it. */
function ownResult(session: BridgeSession, { method, params }: RpcRequest): Own | undefined {
  const isNewer = session.bridge.verdict.era === 'newer';
  if (method === 'ping' && isNewer) return { result: {} };
  if (method === 'logging/setLevel' && (isNewer || session.stopOwn === undefined))
    return { error: { code: RPC.methodNotFound, message: 'The log of a shared process is not offered' } };
  const isSubscription = method === 'resources/subscribe' || method === 'resources/unsubscribe';
  return isSubscription ? subscription(session, method, params?.uri) : undefined;
}

/** Counted here, because the process must be told once for all clients. */
function subscription(session: BridgeSession, method: string, uri: unknown): Own {
  if (typeof uri !== 'string') return { error: { code: RPC.invalidParams, message: 'uri is missing' } };
  const { subscriptions } = session.bridge;
  if (method === 'resources/subscribe') subscriptions.subscribe(session, uri);
  else subscriptions.unsubscribe(session, uri);
  return { result: {} };
}

async function forward(session: BridgeSession, message: RpcRequest, reply: HttpReply): Promise<void> {
  const { bridge } = session;
  const { id, method, params = {} } = message;
  let body = bridge.verdict.era === 'older' ? olderParams(params) : newerParams(params, session);
  for (let round = 0; round <= MAX_ROUNDS; round += 1) {
    const response = await callOnce(session, message, body, reply);
    if (response === undefined) return;
    const asked = isFailure(response) ? undefined : questionsOf(response.result);
    if (asked === undefined) {
      finish(bridge, method, reply, { ...response, id });
      return;
    }
    body = { ...body, ...(await askClient(session, asked, reply)) };
  }
  reply.finish(failure(id, RPC.internal, 'The server keeps asking and does not come to a result'));
}

/** undefined when the call was given up: then there is nobody to answer. */
async function callOnce(
  session: BridgeSession,
  { id, method }: RpcRequest,
  params: JsonObject,
  reply: HttpReply,
): Promise<RpcResponse | undefined> {
  if (reply.isEnded) return undefined;
  const call = session.bridge.start(method, params, (progress) => {
    reply.write(progress);
  });
  const { calls } = session;
  calls.set(id, { call, reply });
  reply.onGone(() => {
    call.cancel('its client went away');
  });
  try {
    return await call.answer;
  } catch (error) {
    if (!(error instanceof CallCancelledError)) throw error;
    // A client that cancelled expects no answer, and one that went away gets none.
    reply.end();
    return undefined;
  } finally {
    calls.delete(id);
  }
}

function finish(bridge: StdioBridge, method: string, reply: HttpReply, response: RpcResponse): void {
  if (bridge.verdict.era === 'older') reply.finish(response);
  else if (isFailure(response)) reply.finish({ ...response, error: olderError(method, response.error) });
  else reply.finish({ ...response, result: olderResult(response.result) });
}

interface Questions {
  readonly asked: JsonObject;
  readonly state: string | undefined;
}

function questionsOf(result: JsonObject): Questions | undefined {
  if (result.resultType !== 'input_required') return undefined;
  const { inputRequests, requestState } = result;
  return {
    asked: isObject(inputRequests) ? inputRequests : {},
    state: typeof requestState === 'string' ? requestState : undefined,
  };
}

/** A newer server answers with questions; an older client is asked them one by one on the stream of its call. */
async function askClient(
  session: BridgeSession,
  { asked, state }: Questions,
  reply: HttpReply,
): Promise<JsonObject> {
  const inputResponses: Record<string, JsonObject> = {};
  for (const [key, question] of Object.entries(asked)) {
    if (!isObject(question) || typeof question.method !== 'string') continue;
    const params = isObject(question.params) ? question.params : undefined;
    const response = await session.ask(question.method, params, reply);
    if (!isFailure(response)) inputResponses[key] = response.result;
  }
  return { inputResponses, ...(state === undefined ? {} : { requestState: state }) };
}
