import { Injectable } from '@nestjs/common';
import { DomainError, type JsonObject } from '@app/kernel';
import { McpError, McpTimeoutError, type McpToolResult, ToolSchemas } from '@app/mcp';
import { childTraceparent, requestContext } from '@app/telemetry';
import { AuditTrail } from '../../audit';
import { ArgumentsInvalidError, CallOutcomeUnknownError, CallTimedOutError } from '../domain/gateway.errors';
import { GatewayOptions } from '../gateway.options';
import { isOutage } from '../upstream/failures';
import { type Upstream } from '../upstream/upstream';
import { shapeOf } from './argument-shape';
import { UpstreamCalls } from './upstream-calls';

export interface ToolCall {
  readonly serverName: string;
  readonly toolName: string;
  readonly args: JsonObject;
  /** The caller's own limit; it ends the wait, and does not count against the server. */
  readonly timeoutMs?: number;
  /** The caller went away. */
  readonly signal?: AbortSignal;
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
    private readonly audit: AuditTrail,
    private readonly options: GatewayOptions,
  ) {}

  async call(call: ToolCall): Promise<ToolCallAnswer> {
    return this.calls.on(call.serverName, async (upstream) => {
      const { inputSchema } = await upstream.tool(call.toolName);
      const faults = await this.schemas.validate(inputSchema, call.args, '/arguments');
      if (faults.length > 0) throw new ArgumentsInvalidError(upstream.route.name, call.toolName, faults);
      return this.recorded(upstream, call);
    });
  }

  private async recorded(upstream: Upstream, call: ToolCall): Promise<ToolCallAnswer> {
    const startedAtMs = performance.now();
    const durationMs = (): number => Math.round(performance.now() - startedAtMs);
    try {
      const result = await this.execute(upstream, call);
      this.record(upstream, call, { duration_ms: durationMs(), is_error: result.isError === true });
      return { result, serverName: upstream.route.name, durationMs: durationMs() };
    } catch (error) {
      const code = error instanceof DomainError ? error.code : 'internal_error';
      this.record(upstream, call, { duration_ms: durationMs(), code });
      throw error;
    }
  }

  private async execute(upstream: Upstream, call: ToolCall): Promise<McpToolResult> {
    const { toolName, args } = call;
    const serverLimitMs = upstream.callLimitMs(this.options.defaultCallTimeoutMs);
    const limitMs = Math.min(call.timeoutMs ?? serverLimitMs, serverLimitMs);
    const stop = stopFor(call.signal, limitMs < serverLimitMs ? limitMs : undefined);
    const meta = { traceparent: childTraceparent(requestContext.get()?.traceparent) };
    // Told apart by where it broke: before this is set, nothing can have run.
    const progress = { isSent: false };
    try {
      return await upstream.use((session) => {
        progress.isSent = true;
        return session.callTool(toolName, args, { timeoutMs: serverLimitMs, signal: stop, meta });
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

  private record({ route }: Upstream, { toolName, args }: ToolCall, detail: JsonObject): void {
    this.audit.record({
      action: 'mcp.tool.called',
      resourceType: 'instances',
      resourceId: route.instanceId,
      outcome: 'code' in detail ? 'failed' : 'succeeded',
      detail: { server_name: route.name, tool_name: toolName, arguments: shapeOf(args), ...detail },
    });
  }
}

/** A limit of the caller's own ends the wait only: it must not count against the server, or anybody could close its circuit. */
function stopFor(caller: AbortSignal | undefined, limitMs: number | undefined): AbortSignal {
  const limit = limitMs === undefined ? undefined : AbortSignal.timeout(limitMs);
  return AbortSignal.any([caller, limit].filter((one) => one !== undefined));
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
