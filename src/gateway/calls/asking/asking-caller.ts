import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { type JsonObject } from '@app/kernel';
import { isObject, type McpTool, McpToolUnknownError, ToolSchemas } from '@app/mcp';
import { Keyring } from '@app/security';
import { identityOf, newTraceparent, principalOfRequest, requestContext } from '@app/telemetry';
import { CallBudget } from '../../../limits';
import { type Use } from '../../access/gateway-access';
import { listsFor } from '../../aggregate/member-lists';
import { MemberCalls } from '../../aggregate/member-calls';
import { type Party } from '../../aggregate/party';
import { ArgumentsInvalidError, CallTimedOutError } from '../../domain/gateway.errors';
import { CallLedger } from '../../records/call-record';
import { CallWatch } from '../../records/call-watch';
import { HeldCalls } from '../../terminal/newer/held-calls';
import { BoundStates, type StateBinding } from '../../terminal/newer/held-states';
import { NewerCall } from '../../terminal/newer/newer-call';
import { type Upstream } from '../../upstream/upstream';
import { HeldCallLostError } from '../../terminal/terminal.errors';
import { shapeOf } from '../argument-shape';
import { type ToolCall } from '../tool-caller';
import { UpstreamCalls } from '../upstream-calls';
import { unknownIfHidden } from '../unknown-if-hidden';
import { InputCallsExhaustedError, InputExpiredError, RequestStateInvalidError } from './asking.errors';
import { type AskingAnswer, type InputState } from './asking-answer';
import { AskingLimits } from './asking-limits';
import { readInputResponses } from './input-responses';
import { RestOutcome } from './rest-outcome';
import { ASKABLE, restParty } from './rest-party';
import { RestVisit } from './rest-visit';

const METHOD = 'tools/call';
const NEVER = new AbortController().signal;

export interface AskingCall extends Omit<ToolCall, 'beforeSent'> {
  readonly requestState?: string;
  readonly responses?: JsonObject;
}

export interface AskedAnswer {
  readonly answer: AskingAnswer;
  readonly serverName: string;
  readonly durationMs: number;
}

interface Found {
  readonly call: AskingCall;
  readonly party: Party;
  readonly tool: McpTool;
  readonly serverName: string;
  readonly binding: StateBinding;
}

/**
 * Tool calls of callers who said that they can be asked. Towards servers they are clients of the newer era: one that
 * speaks it is asked again with the answers, and the call of an older one is held open meanwhile.
 */
@Injectable()
export class AskingCaller implements BeforeApplicationShutdown {
  private readonly held: HeldCalls<NewerCall<RestVisit>>;
  private readonly states: BoundStates<InputState>;

  // eslint-disable-next-line max-params -- A constructor that is called by the container.
  constructor(
    private readonly calls: UpstreamCalls,
    private readonly members: MemberCalls,
    private readonly schemas: ToolSchemas,
    private readonly ledger: CallLedger,
    private readonly budget: CallBudget,
    private readonly limits: AskingLimits,
    keyring: Keyring,
  ) {
    this.held = new HeldCalls(limits);
    this.states = new BoundStates(keyring, 'rest-input-state');
  }

  async call(call: AskingCall): Promise<AskedAnswer> {
    const watch = new CallWatch(METHOD, call.toolName, shapeOf(call.args));
    try {
      await this.budget.wait(principalOfRequest());
      const found = await this.find(call, watch);
      const visit = this.visitOf(found);
      this.goOn(found, visit);
      const answer = await watch.upstream(visit.settled);
      const isError = 'result' in answer && answer.result.isError === true;
      this.ledger.record(watch.record(isError ? 'tool_error' : 'ok'));
      return { answer, serverName: found.serverName, durationMs: watch.upstreamMs };
    } catch (caught) {
      const error = unknownIfHidden(caught, call);
      this.ledger.record(watch.failure(error, call.signal));
      throw error;
    }
  }

  /** Nobody can come back with answers to a process that ends. */
  beforeApplicationShutdown(): void {
    this.held.close();
  }

  /** Looked up and checked anew in every round: what a caller may do can have changed while it thought. */
  private find(call: AskingCall, watch: CallWatch): Promise<Found> {
    const principal = principalOfRequest();
    const party = restParty(principal);
    const use: Use = { principal, permission: 'tools:call', tool: call.toolName };
    return this.calls.on(use, call.serverName, async (upstream) => {
      const { route } = upstream;
      watch.found(route);
      const tool = await toolOf(upstream, party, call.toolName);
      const faults = await this.schemas.validate(tool.inputSchema, call.args, '/arguments');
      if (faults.length > 0) throw new ArgumentsInvalidError(route.name, call.toolName, faults);
      const binding = {
        ...{ principalId: identityOf(principal), route: `server:${route.instanceId}`, method: METHOD },
        params: { name: call.toolName, arguments: call.args },
      };
      return { call, party, tool, serverName: route.name, binding };
    });
  }

  private visitOf({ call, serverName }: Found): RestVisit {
    const { signal = NEVER, timeoutMs, toolName } = call;
    const stop = timeoutMs === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    return new RestVisit(stop, () =>
      signal.aborted || timeoutMs === undefined
        ? new Error('the caller hung up')
        : new CallTimedOutError(serverName, toolName, {
            ...{ limitMs: timeoutMs, mayHaveRun: true },
            cause: stop.reason,
          }),
    );
  }

  private goOn(found: Found, visit: RestVisit): void {
    const { requestState, responses = {} } = found.call;
    const { params } = found.binding;
    const inputResponses = readInputResponses(responses);
    if (requestState === undefined) {
      this.send(found, visit, 0, params);
      return;
    }
    const state = this.stateOf(requestState, found.binding);
    if (state.kind === 'server') {
      const own = state.state === undefined ? {} : { requestState: state.state };
      this.send(found, visit, state.round, { ...params, inputResponses, ...own });
      return;
    }
    const held = this.held.find(state.call);
    if (held === undefined) throw new HeldCallLostError();
    held.resume(visit, state.turn, inputResponses);
  }

  private send(found: Found, visit: RestVisit, round: number, params: JsonObject): void {
    // Settles with the visit, which is what is waited for.
    void this.open(found, visit, round).run(METHOD, params);
  }

  private stateOf(sealed: string, binding: StateBinding): InputState {
    const state = this.states.open(sealed, binding);
    if (state === undefined) throw new RequestStateInvalidError();
    if (state.expiresAtMs <= Date.now()) throw new InputExpiredError(this.limits.waitMs);
    return state;
  }

  private open(found: Found, visit: RestVisit, round: number): NewerCall<RestVisit> {
    const { party, tool, serverName, binding, call } = found;
    const { states, limits, held } = this;
    const outcome = new RestOutcome({
      ...{ serverName, binding, states, capabilities: ASKABLE, limits, round },
    });
    const target = call.toolName;
    return new NewerCall<RestVisit>(
      {
        ...{ client: party.client, outcome, held, logLevel: undefined },
        traceparent: requestContext.get()?.traceparent ?? newTraceparent(),
        conversation: {
          request: (method, params, exchange) =>
            this.members.request({ serverName, method, params, exchange, party, target, tool }),
          close: () => Promise.resolve(),
        },
        rules: {
          ...{ waitMs: limits.waitMs, roundsMax: limits.roundsMax, declines: true },
          noRoom: () => new InputCallsExhaustedError(limits.heldPerCallerMax),
        },
      },
      visit,
    );
  }
}

/** As callers who can be asked see it: some servers have tools for them alone. */
async function toolOf(upstream: Upstream, party: Party, name: string): Promise<McpTool> {
  const { cache, fetch } = listsFor(upstream, 'tools', party);
  const tool = await cache.find((one) => one.name === name, fetch);
  if (tool !== undefined && isObject(tool.inputSchema)) return tool as McpTool;
  throw new McpToolUnknownError(name, { serverName: upstream.route.name, started: false });
}
