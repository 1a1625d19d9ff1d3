import { type JsonObject } from '@app/kernel';
import { isObject, META, RPC, type RpcError, type RpcRequest } from '@app/mcp';
import { rpcErrorOf } from '../../faces/rpc-errors';
import { type CallTrace } from '../call-trace';
import { type TerminalFace } from '../conversation';
import { type InputRequired, isInputRequired, isTask, readInputRequired } from '../input-required';
import { isLogLevel } from '../log-level';
import { isForwarded } from '../methods';
import { errorText, resultText } from '../replies';
import { EndlessQuestionsError, RpcFault, UnexpectedTaskError } from '../terminal.errors';
import { type OlderCall } from './older-call';
import { type OlderSession } from './older-session';
import { uriOf } from './session-subscriptions';

/** Rounds of questions that one request may cost its client. */
const ROUNDS_MAX = 8;

export interface OpenRequest {
  readonly session: OlderSession;
  readonly call: OlderCall;
  readonly trace: CallTrace;
  readonly face: TerminalFace;
  readonly traceId: string;
}

/** Answers one request of a session, whatever happens on the way. `begun`: what is on its way to become the result. */
export async function answerRequest(
  open: OpenRequest,
  message: RpcRequest,
  begun?: Promise<JsonObject>,
): Promise<void> {
  const { call, trace } = open;
  const { id, method, params = {} } = message;
  try {
    const result = olderResult(await resultOf(open, method, params, begun));
    trace.answered(result);
    call.finish(resultText(id, result));
  } catch (error) {
    const said =
      error instanceof RpcFault ? error.error : olderError(method, rpcErrorOf(error, open.traceId));
    if (error instanceof RpcFault) trace.refused(said.code);
    else trace.failed(error, said.code, call.isCancelled);
    call.finish(errorText(id, said));
  }
}

/**
 * Begins a request whose result can go to the client as its server wrote it, and answers it then. False: nothing was begun.
 * What turns out to be more than such a result is answered by `otherwise`.
 */
export function passRequest(
  open: OpenRequest,
  { method, params = {} }: RpcRequest,
  otherwise: (begun: Promise<JsonObject>) => void,
): boolean {
  const { call, trace, session } = open;
  if (method !== 'tools/call') return false;
  const passage = session.conversation.pass?.(withoutEra(params), call, {
    onResult: ({ bytes, isToolError }) => {
      trace.answered({ isError: isToolError });
      call.pass(bytes);
    },
    onOther: otherwise,
  });
  if (passage === undefined) return false;
  call.follow(passage);
  return true;
}

/** Most are forwarded, without a promise of their own; what is answered here may wait for the session. */
function resultOf(
  open: OpenRequest,
  method: string,
  params: JsonObject,
  begun: Promise<JsonObject> | undefined,
): Promise<JsonObject> {
  return OWN_METHODS.has(method) ? ownResult(open, method, params) : forward(open, method, params, begun);
}

const OWN_METHODS: ReadonlySet<string> = new Set([
  'ping',
  'logging/setLevel',
  'resources/subscribe',
  'resources/unsubscribe',
]);

async function ownResult({ session }: OpenRequest, method: string, params: JsonObject): Promise<JsonObject> {
  if (method === 'logging/setLevel') {
    if (!isLogLevel(params.level)) throw invalidParams('level must be one of the eight levels');
    await session.setLogLevel(params.level);
  } else if (method === 'resources/subscribe') {
    await session.subscriptions.subscribe(demandUri(params));
  } else if (method === 'resources/unsubscribe') {
    await session.subscriptions.unsubscribe(demandUri(params));
  }
  return {};
}

/** Servers of the newer era answer with questions: their client is asked, and the request repeated with the answers. */
async function forward(
  open: OpenRequest,
  method: string,
  params: JsonObject,
  begun: Promise<JsonObject> | undefined,
): Promise<JsonObject> {
  if (!isForwarded(open.face, method)) throw unknownMethod(method);
  const { conversation } = open.session;
  const first = withoutEra(params);
  let result = await (begun ?? conversation.request(method, first, open.call));
  for (let round = 0; isInputRequired(result); round += 1) {
    if (round >= ROUNDS_MAX) throw new EndlessQuestionsError(ROUNDS_MAX);
    const answers = await askAll(open.call, readInputRequired(result));
    result = await conversation.request(method, { ...first, ...answers }, open.call);
  }
  if (isTask(result)) throw new UnexpectedTaskError(method);
  return result;
}

async function askAll(call: OlderCall, { requests, requestState }: InputRequired): Promise<JsonObject> {
  const inputResponses: Record<string, JsonObject> = {};
  // One after the other: a client shows each to its user, and two windows at once answer each other's question.
  for (const [key, { method, params }] of requests) inputResponses[key] = await call.ask(method, params);
  return { inputResponses, ...(requestState === undefined ? {} : { requestState }) };
}

/** Members that only the newer era knows are nobody's business here; a client of this one cannot mean them. */
function withoutEra(params: JsonObject): JsonObject {
  if (params.inputResponses === undefined && params.requestState === undefined && !hasEraMeta(params))
    return params;
  const { inputResponses: _answers, requestState: _state, _meta, ...rest } = params;
  if (!isObject(_meta)) return rest;
  const kept = Object.entries(_meta).filter(([key]) => !ERA_META.has(key));
  return { ...rest, _meta: Object.fromEntries(kept) };
}

const ERA_META: ReadonlySet<string> = new Set([
  META.version,
  META.clientCapabilities,
  META.clientInfo,
  META.logLevel,
]);
const hasEraMeta = ({ _meta }: JsonObject): boolean =>
  isObject(_meta) && Object.keys(_meta).some((key) => ERA_META.has(key));

function olderResult(result: JsonObject): JsonObject {
  if (result.resultType === undefined && result.ttlMs === undefined && result.cacheScope === undefined)
    return result;
  const { resultType: _type, ttlMs: _ttl, cacheScope: _scope, ...rest } = result;
  return rest;
}

/** The newer era calls a missing resource an invalid parameter; this one has a code for it. */
const olderError = (method: string, error: RpcError): RpcError =>
  method === 'resources/read' && error.code === RPC.invalidParams
    ? { ...error, code: RPC.resourceNotFound }
    : error;

function demandUri(params: JsonObject): string {
  const uri = uriOf(params);
  if (uri === undefined) throw invalidParams('uri is missing');
  return uri;
}

const invalidParams = (message: string): RpcFault => new RpcFault({ code: RPC.invalidParams, message });
const unknownMethod = (method: string): RpcFault =>
  new RpcFault({ code: RPC.methodNotFound, message: `Method not found: ${method}` });
