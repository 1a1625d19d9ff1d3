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
import { ToolHiddenError } from '../access/gateway-access';
import { UpstreamCalls } from '../calls/upstream-calls';
import { permissionOf } from '../faces/face-permissions';
import { CallOutcomeUnknownError, CallTimedOutError } from '../domain/gateway.errors';
import { GatewayOptions } from '../gateway.options';
import { type Exchange } from '../terminal/conversation';
import { isOutage } from '../upstream/failures';
import { type Upstream } from '../upstream/upstream';
import { type Party, type PartyLeg } from './party';
import { CALL_MAX_MS, Patience } from './patience';
import { unknown } from './refusals';
import { RequestStates, type StateBinding } from './request-states';

export interface MemberCall {
  /** Of the server. */
  readonly serverName: string;
  readonly method: string;
  /** As the server knows them. */
  readonly params: JsonObject;
  readonly exchange: Exchange;
  readonly party: Party;
  /** Of the tool or prompt, at the server. */
  readonly target?: string;
  /** The name by which the client called it, where that is another one. */
  readonly advertised?: string;
  /** As the server listed it, where it is a tool. */
  readonly tool?: JsonObject | undefined;
}

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

  request(call: MemberCall): Promise<JsonObject> {
    const { serverName, method, target, party } = call;
    const use = party.use(permissionOf(method), method === 'tools/call' ? target : undefined);
    return this.calls
      .on(use, serverName, (upstream) => this.at(upstream, call))
      .catch((error: unknown) => {
        throw error instanceof ToolHiddenError ? unknown('tool', call.advertised ?? target ?? '') : error;
      });
  }

  private async at(upstream: Upstream, call: MemberCall): Promise<JsonObject> {
    const { exchange, party, method, params, target } = call;
    const { instanceId, name: serverName } = upstream.route;
    exchange.routed({ instanceId, serverName, ...(target === undefined ? {} : { target }) });
    const binding: StateBinding = { principalId: party.principalId, instanceId, method, params };
    const opened = this.states.open(params, binding);
    const { leg, questions } = await party.leg(upstream, params);
    const isLong = questions !== undefined || metaOf(params).progressToken !== undefined;
    const sent = { ...call, params: opened };
    const progress = { isSent: false };
    const work = (how: CallOptions) => (session: McpSession) => {
      progress.isSent = true;
      return send(session, sent, how);
    };
    try {
      const limitMs = upstream.callLimitMs(this.options.defaultCallTimeoutMs);
      const result = isLong
        ? await patiently({ leg, questions }, call, limitMs, work)
        : await leg.use(work(quickly(exchange, limitMs)), exchange.signal);
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

/** With a limit that progress extends, and with somebody to answer what the server asks. */
async function patiently(
  { leg, questions }: PartyLeg,
  { exchange, serverName }: MemberCall,
  limitMs: number,
  work: (how: CallOptions) => (session: McpSession) => Promise<JsonObject>,
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
    return await leg.use(work(how), signal);
  } finally {
    leave?.();
    patience.end();
  }
}

function send(session: McpSession, call: MemberCall, how: CallOptions): Promise<JsonObject> {
  const { method, params, party, exchange, tool } = call;
  const _meta = party.meta(session.era, params, exchange.traceparent);
  const headers = session.era === 'newer' && tool !== undefined ? headersOf(tool, params) : undefined;
  return session.request(method, { ...params, _meta }, headers === undefined ? how : { ...how, headers });
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
