import { Injectable } from '@nestjs/common';
import { type JsonObject } from '@app/kernel';
import { McpError, McpTimeoutError, type McpTool, type McpToolResult, ToolSchemas } from '@app/mcp';
import { newTraceparent, type Principal, principalOfRequest, requestContext } from '@app/telemetry';
import { CallBudget } from '../../limits';
import { type Use } from '../access/gateway-access';
import { ArgumentsInvalidError, CallOutcomeUnknownError, CallTimedOutError } from '../domain/gateway.errors';
import { GatewayOptions } from '../gateway.options';
import { isOutage } from '../upstream/failures';
import { type Upstream } from '../upstream/upstream';
import { CallLedger } from '../records/call-record';
import { CallWatch } from '../records/call-watch';
import { shapeOf } from './argument-shape';
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

  async call(call: ToolCall): Promise<ToolCallAnswer> {
    const watch = new CallWatch('tools/call', call.toolName, shapeOf(call.args));
    try {
      const charged = this.charge(principalOfRequest());
      if (charged !== undefined) await charged;
      const result = await this.calls.on(useOf(call), call.serverName, async (upstream) => {
        watch.found(upstream.route);
        const tool = upstream.knownTool(call.toolName) ?? (await upstream.tool(call.toolName));
        if (!this.schemas.fits(tool.inputSchema, call.args)) await this.check(upstream, tool, call);
        if (call.beforeSent !== undefined) await call.beforeSent(tool);
        return this.execute(upstream, call, watch);
      });
      this.ledger.record(watch.record(result.isError === true ? 'tool_error' : 'ok'));
      return { result, serverName: watch.serverName ?? call.serverName, durationMs: watch.upstreamMs };
    } catch (caught) {
      const error = unknownIfHidden(caught, call);
      this.ledger.record(watch.failure(error, call.signal));
      throw error;
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

  private async execute(upstream: Upstream, call: ToolCall, watch: CallWatch): Promise<McpToolResult> {
    const { toolName, args } = call;
    const serverLimitMs = upstream.callLimitMs(this.options.defaultCallTimeoutMs);
    const limitMs = Math.min(call.timeoutMs ?? serverLimitMs, serverLimitMs);
    const stop = stopFor(call.signal, limitMs < serverLimitMs ? limitMs : undefined);
    const meta = { traceparent: requestContext.get()?.traceparent ?? newTraceparent() };
    // Told apart by where it broke: before this is set, nothing can have run.
    const progress = { isSent: false };
    try {
      return await upstream.use((session) => {
        progress.isSent = true;
        return watch.upstream(
          session.callTool(toolName, args, { timeoutMs: serverLimitMs, signal: stop, meta }),
        );
      }, stop);
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
  { toolName }: ToolCall,
  about: { server: string; limitMs: number; isStopped: boolean; isSent: boolean },
): unknown {
  const { server, limitMs, isStopped, isSent } = about;
  if (isStopped || error instanceof McpTimeoutError) {
    return new CallTimedOutError(server, toolName, { limitMs, mayHaveRun: isSent, cause: error });
  }
  const mayHaveRun = isSent && isOutage(error) && error instanceof McpError && error.started;
  return mayHaveRun ? new CallOutcomeUnknownError(server, toolName, error.layer, error) : error;
}
