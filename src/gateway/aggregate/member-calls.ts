import { Injectable } from '@nestjs/common';
import { type JsonObject } from '@app/kernel';
import {
  type CallOptions,
  isObject,
  McpError,
  type McpSession,
  McpTimeoutError,
  metaOf,
  type Mirrored,
  mirroredArguments,
  mirroredHeaders,
  type RpcNotification,
} from '@app/mcp';
import { Keyring } from '@app/security';
import { ToolHiddenError, type Use } from '../access/gateway-access';
import { UpstreamCalls } from '../calls/upstream-calls';
import { permissionOf } from '../faces/face-permissions';
import { CallOutcomeUnknownError, CallTimedOutError } from '../domain/gateway.errors';
import { GatewayOptions } from '../gateway.options';
import { type Exchange, type Passage } from '../terminal/conversation';
import { isOutage } from '../upstream/failures';
import { type ServerQuestions } from '../upstream/server-questions';
import { type Upstream } from '../upstream/upstream';
import { asSent, type BegunCall, destinationOf, type MemberCall } from './member-call';
import { CALL_MAX_MS, Patience } from './patience';
import { unknown } from './refusals';
import { RequestStates, type StateBinding } from './request-states';
import { foundNow, StraightCall, type StraightListener } from './straight-call';

/** One request of a client at one server: once, in the client's name, with what is said meanwhile passed on. */
@Injectable()
export class MemberCalls {
  private readonly states: RequestStates;

  constructor(
    private readonly calls: UpstreamCalls,
    private readonly options: GatewayOptions,
    keyring: Keyring,
  ) {
    this.states = new RequestStates(keyring);
  }

  /** A call by the shortest way; undefined where that is none for it, and nothing was done. */
  pass(call: MemberCall, listener: StraightListener): Passage | undefined {
    const sent = asSent(call, 'older');
    const begun = foundNow(() => this.enterNow(call, sent));
    if (begun === undefined) return undefined;
    const straight = new StraightCall(call, begun, this, listener);
    straight.begin(sent, begun.upstream.callLimitMs(this.options.defaultCallTimeoutMs));
    return straight;
  }

  request(call: MemberCall, begun?: BegunCall): Promise<JsonObject> {
    const { serverName, target } = call;
    return this.calls
      .on(useOf(call), serverName, (upstream) => this.at(upstream, call, begun), begun?.upstream)
      .catch((error: unknown) => {
        throw error instanceof ToolHiddenError ? unknown('tool', call.advertised ?? target ?? '') : error;
      });
  }

  private enterNow(call: MemberCall, sent: JsonObject): Omit<BegunCall, 'rest'> | undefined {
    const { serverName, params, party } = call;
    // What it says of an earlier answer has to be opened first.
    if (params.requestState !== undefined) return undefined;
    const upstream = this.calls.known(useOf(call), serverName);
    const partyLeg = upstream === undefined ? undefined : party.legNow(upstream, params);
    if (upstream === undefined || partyLeg?.leg.current?.canPass(sent) !== true) return undefined;
    const connection = partyLeg.leg.tryEnter();
    return connection === undefined ? undefined : { upstream, partyLeg, connection };
  }

  private async at(upstream: Upstream, call: MemberCall, begunCall?: BegunCall): Promise<JsonObject> {
    const { exchange, party, method, params } = call;
    const { instanceId } = upstream.route;
    // A call that another server of the same name gets begins there anew.
    const begun = begunCall?.upstream === upstream ? begunCall : undefined;
    exchange.routed(destinationOf(upstream, call));
    const binding: StateBinding = { principalId: party.principalId, instanceId, method, params };
    const opened = this.states.open(params, binding);
    const { leg, questions } = begun?.partyLeg ?? (await party.leg(upstream, params));
    const isLong = questions !== undefined || metaOf(params).progressToken !== undefined;
    const sent = { ...call, params: opened };
    const progress = { isSent: false, rest: begun?.rest };
    const work = (how: CallOptions) => (session: McpSession) => {
      progress.isSent = true;
      const { rest } = progress;
      progress.rest = undefined;
      return rest === undefined ? send(session, sent, how) : rest(how);
    };
    const run: Run = (how, signal) =>
      begun === undefined ? leg.use(work(how), signal) : leg.goOn(begun.connection, work(how), signal);
    try {
      const limitMs = upstream.callLimitMs(this.options.defaultCallTimeoutMs);
      const result = isLong
        ? await patiently(questions, call, limitMs, run)
        : await run(quickly(exchange, limitMs), exchange.signal);
      return result.resultType === 'input_required' ? this.states.seal(result, binding) : result;
    } catch (error) {
      throw explain(error, call, progress.isSent, upstream.callLimitMs(this.options.defaultCallTimeoutMs));
    }
  }
}

const quickly = (exchange: Exchange, timeoutMs: number): CallOptions => ({
  timeoutMs,
  signal: exchange.signal,
  onNotification: (message) => {
    exchange.say(message);
  },
});

type Run = (how: CallOptions, signal: AbortSignal) => Promise<JsonObject>;

const useOf = ({ party, method, target }: MemberCall): Use =>
  party.use(permissionOf(method), method === 'tools/call' ? target : undefined);

/** With a limit that progress extends, and with somebody to answer what the server asks. */
async function patiently(
  questions: ServerQuestions | undefined,
  { exchange, serverName }: MemberCall,
  limitMs: number,
  run: Run,
): Promise<JsonObject> {
  const patience = new Patience(limitMs, serverName);
  const ask = (method: string, params: JsonObject): Promise<JsonObject> =>
    patience.during(exchange.ask(method, params));
  const say = (message: RpcNotification): void => {
    patience.heard(message);
    exchange.say(message);
  };
  const leave = questions?.enter({ ask, say });
  const signal = AbortSignal.any([exchange.signal, patience.signal]);
  try {
    const how: CallOptions = {
      timeoutMs: CALL_MAX_MS,
      signal,
      onNotification: say,
      ...(questions === undefined ? {} : { onRequest: ask }),
    };
    return await run(how, signal);
  } finally {
    leave?.();
    patience.end();
  }
}

function send(session: McpSession, call: MemberCall, how: CallOptions): Promise<JsonObject> {
  const { method, params, tool } = call;
  const headers = session.era === 'newer' && tool !== undefined ? headersOf(tool, params) : undefined;
  const sent = asSent(call, session.era);
  return session.request(method, sent, headers === undefined ? how : { ...how, headers });
}

/** By the object of the list, so that a schema is searched once. */
const MIRRORED = new WeakMap<JsonObject, Mirrored>();

function headersOf(tool: JsonObject, params: JsonObject): Readonly<Record<string, string>> | undefined {
  const { inputSchema } = tool;
  if (!isObject(inputSchema)) return undefined;
  const mirrored = MIRRORED.get(tool) ?? mirroredArguments(inputSchema);
  if (mirrored === undefined) return undefined;
  MIRRORED.set(tool, mirrored);
  if (mirrored.size === 0) return undefined;
  return mirroredHeaders(mirrored, isObject(params.arguments) ? params.arguments : {});
}

/** What is certain passes as it is; a tool that may have run says that it may. */
function explain(error: unknown, call: MemberCall, isSent: boolean, limitMs: number): unknown {
  const { method, serverName, target = method } = call;
  if (method !== 'tools/call' || !(error instanceof McpError)) return error;
  if (error instanceof McpTimeoutError)
    return new CallTimedOutError(serverName, target, { limitMs, mayHaveRun: isSent, cause: error });
  const mayHaveRun = isSent && isOutage(error) && error.started;
  return mayHaveRun ? new CallOutcomeUnknownError(serverName, target, error.layer, error) : error;
}
