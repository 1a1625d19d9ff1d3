import { Injectable } from '@nestjs/common';
import { type JsonObject } from '@app/kernel';
import {
  McpError,
  type McpSession,
  McpTimeoutError,
  type McpTool,
  type McpToolResult,
  type RestOfCall,
  ToolSchemas,
} from '@app/mcp';
import {
  newTraceparent,
  type Principal,
  principalOfRequest,
  requestContext,
  type RequestScope,
} from '@app/telemetry';
import { CallBudget } from '../../limits';
import { type Use } from '../access/gateway-access';
import { ArgumentsInvalidError, CallOutcomeUnknownError, CallTimedOutError } from '../domain/gateway.errors';
import { GatewayOptions } from '../gateway.options';
import { isOutage } from '../upstream/failures';
import { type Upstream } from '../upstream/upstream';
import { CallLedger } from '../records/call-record';
import { CallWatch, codeOf } from '../records/call-watch';
import { shapeOf } from './argument-shape';
import { type PlaceOfCall, StraightToolCall } from './straight-tool-call';
import { UpstreamCalls } from './upstream-calls';
import { unknownIfHidden } from './unknown-if-hidden';

export interface ToolCall {
  readonly serverName: string;
  readonly toolName: string;
  readonly args: JsonObject;
  /** The caller's own limit; it ends the wait, and does not count against the server. */
  readonly timeoutMs?: number;
  /** The caller went away. */
  readonly signal?: AbortSignal;
  /** Asked when everything is known to be in order and nothing has been sent; what it throws refuses the call. */
  readonly beforeSent?: (tool: McpTool) => Promise<void>;
}

export interface ToolCallAnswer {
  readonly result: McpToolResult;
  readonly serverName: string;
  readonly durationMs: number;
}

/** Whoever waits for a call. Told once, unless it is given up. */
export interface ToolCallListener {
  onAnswer(answer: ToolCallAnswer): void;
  /** It is more than an answer, and takes its time: as `call` would have told it. */
  onOther(answer: Promise<ToolCallAnswer>): void;
}

/** What was done of a call already. */
interface BegunToolCall {
  readonly watch: CallWatch;
  readonly place: PlaceOfCall;
  readonly rest: RestOfCall;
}

/** A tool call from end to end: look up, check, call once, record. */
@Injectable()
export class ToolCaller {
  constructor(
    private readonly calls: UpstreamCalls,
    private readonly schemas: ToolSchemas,
    private readonly ledger: CallLedger,
    private readonly options: GatewayOptions,
    private readonly budget: CallBudget,
  ) {}

  /**
   * The shortest way of a call that is in order and for which nothing has to be waited but its answer. Undefined where that
   * is not so: nothing was done, and `call` does it.
   */
  pass(
    call: Pick<ToolCall, 'serverName' | 'toolName' | 'args'>,
    { scope, principal }: { readonly scope: RequestScope; readonly principal: Principal },
    listener: ToolCallListener,
  ): StraightToolCall | undefined {
    const { serverName, toolName, args } = call;
    const sent = { name: toolName, arguments: args, _meta: { traceparent: scope.traceparent } };
    const place = this.enterNow(call, principal, sent);
    if (place === undefined) return undefined;
    const watch = new CallWatch('tools/call', toolName, shapeOf(args));
    watch.found(place.upstream.route);
    watch.sent();
    const limitMs = place.upstream.callLimitMs(this.options.defaultCallTimeoutMs);
    const straight = new StraightToolCall(place, {
      onResult: (result) => {
        watch.answered();
        this.ledger.record(watch.record(result.isError === true ? 'tool_error' : 'ok'), scope);
        listener.onAnswer({
          result,
          serverName: watch.serverName ?? serverName,
          durationMs: watch.upstreamMs,
        });
      },
      onOther: (rest) => {
        requestContext.run(scope, () => {
          listener.onOther(this.call(call, { watch, place, rest }));
        });
      },
      onAborted: (reason) => {
        watch.answered();
        const about = { server: place.upstream.route.name, limitMs, isStopped: true, isSent: true };
        this.ledger.record(watch.record('cancelled', codeOf(explain(reason, call, about))), scope);
      },
    });
    return straight.begin(sent, limitMs);
  }

  async call(call: ToolCall, begun?: BegunToolCall): Promise<ToolCallAnswer> {
    const watch = begun?.watch ?? new CallWatch('tools/call', call.toolName, shapeOf(call.args));
    try {
      const charged = begun === undefined ? this.charge(principalOfRequest()) : undefined;
      if (charged !== undefined) await charged;
      const work = async (upstream: Upstream): Promise<McpToolResult> => {
        // Where another server of this name gets the call, it begins there anew.
        if (upstream === begun?.place.upstream) return this.execute(upstream, call, watch, begun);
        watch.found(upstream.route);
        const tool = upstream.knownTool(call.toolName) ?? (await upstream.tool(call.toolName));
        if (!this.schemas.fits(tool.inputSchema, call.args)) await this.check(upstream, tool, call);
        if (call.beforeSent !== undefined) await call.beforeSent(tool);
        return this.execute(upstream, call, watch);
      };
      const result = await this.calls.on(useOf(call), call.serverName, work, begun?.place.upstream);
      this.ledger.record(watch.record(result.isError === true ? 'tool_error' : 'ok'));
      return { result, serverName: watch.serverName ?? call.serverName, durationMs: watch.upstreamMs };
    } catch (caught) {
      const error = unknownIfHidden(caught, call);
      this.ledger.record(watch.failure(error, call.signal));
      throw error;
    }
  }

  private enterNow(
    { serverName, toolName, args }: Pick<ToolCall, 'serverName' | 'toolName' | 'args'>,
    principal: Principal,
    sent: JsonObject,
  ): PlaceOfCall | undefined {
    const upstream = this.knownNow({ principal, permission: 'tools:call', tool: toolName }, serverName);
    const tool = upstream?.knownTool(toolName);
    if (upstream === undefined || tool === undefined || !this.schemas.fits(tool.inputSchema, args))
      return undefined;
    if (upstream.shared.current?.canPass(sent) !== true) return undefined;
    const connection = upstream.shared.tryEnter();
    if (connection === undefined) return undefined;
    // Last, so that nothing is charged twice.
    if (this.budget.admit(principal) === undefined) return { upstream, connection };
    upstream.shared.leave(connection);
    return undefined;
  }

  /** What is wrong is told by the usual way. */
  private knownNow(use: Use, serverName: string): Upstream | undefined {
    try {
      return this.calls.known(use, serverName);
    } catch {
      return undefined;
    }
  }

  /** From memory nearly always, hence without a promise: each one costs a call some of its time. */
  private charge(principal: Principal): Promise<void> | undefined {
    const now = this.budget.admit(principal);
    if (now === 'later') return this.budget.wait(principal);
    if (now !== undefined) throw now;
    return undefined;
  }

  private async check({ route }: Upstream, { inputSchema }: McpTool, call: ToolCall): Promise<void> {
    const faults = await this.schemas.validate(inputSchema, call.args, '/arguments');
    if (faults.length > 0) throw new ArgumentsInvalidError(route.name, call.toolName, faults);
  }

  private async execute(
    upstream: Upstream,
    call: ToolCall,
    watch: CallWatch,
    begun?: BegunToolCall,
  ): Promise<McpToolResult> {
    const { toolName, args } = call;
    const serverLimitMs = upstream.callLimitMs(this.options.defaultCallTimeoutMs);
    const limitMs = Math.min(call.timeoutMs ?? serverLimitMs, serverLimitMs);
    const stop = stopFor(call.signal, limitMs < serverLimitMs ? limitMs : undefined);
    const meta = { traceparent: requestContext.get()?.traceparent ?? newTraceparent() };
    // Told apart by where it broke: before this is set, nothing can have run.
    const progress = { isSent: false };
    let rest = begun?.rest;
    const work = (session: McpSession): Promise<McpToolResult> => {
      const begunHere = rest;
      rest = undefined;
      progress.isSent = true;
      const how = { timeoutMs: serverLimitMs, signal: stop, meta };
      return watch.upstream(session.callTool(toolName, args, how, begunHere));
    };
    try {
      if (begun === undefined) return await upstream.use(work, stop);
      return await upstream.shared.goOn(begun.place.connection, work, stop);
    } catch (error) {
      throw explain(error, call, {
        server: upstream.route.name,
        limitMs,
        isStopped: stop.aborted,
        ...progress,
      });
    }
  }
}

const useOf = ({ toolName }: ToolCall): Use => ({
  principal: principalOfRequest(),
  permission: 'tools:call',
  tool: toolName,
});

const NEVER = new AbortController().signal;

/** A limit of the caller's own ends the wait only: it must not count against the server, or anybody could close its circuit. */
function stopFor(caller: AbortSignal = NEVER, limitMs?: number): AbortSignal {
  // A signal of signals costs as much as the rest of a call's bookkeeping.
  if (limitMs === undefined) return caller;
  return AbortSignal.any([caller, AbortSignal.timeout(limitMs)]);
}

/** What is certain passes as it is; what may have run says that it may. */
function explain(
  error: unknown,
  { toolName }: Pick<ToolCall, 'toolName'>,
  about: { server: string; limitMs: number; isStopped: boolean; isSent: boolean },
): unknown {
  const { server, limitMs, isStopped, isSent } = about;
  if (isStopped || error instanceof McpTimeoutError) {
    return new CallTimedOutError(server, toolName, { limitMs, mayHaveRun: isSent, cause: error });
  }
  const mayHaveRun = isSent && isOutage(error) && error instanceof McpError && error.started;
  return mayHaveRun ? new CallOutcomeUnknownError(server, toolName, error.layer, error) : error;
}
