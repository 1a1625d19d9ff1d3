import { Injectable, Logger } from '@nestjs/common';
import { DomainError, type JsonObject } from '@app/kernel';
import { requestContext, systemScope, traceIdOf, tracer, type Principal } from '@app/telemetry';
import { ToolCaller } from '../../gateway';
import { Principals } from '../../identity';
import { type LeasedTask } from '../../tasks';
import { CallMarks } from './call-marks';
import { type CallOutcome, failure, isOutcomeUnknown, outcomeOf, outcomeOfFailure } from './call-outcome';
import { readToolPayload, type ToolPayload } from './tool-payload';

const SPAN = { name: 'tool stage' };

/** An earlier process had begun the call and died before it saw an answer. */
class BegunBeforeError extends Error {}

/** Makes the call of one tool stage, with the rights that whoever started the run has now. */
@Injectable()
export class ToolStage {
  private readonly logger = new Logger(ToolStage.name);

  constructor(
    private readonly caller: ToolCaller,
    private readonly principals: Principals,
    private readonly marks: CallMarks,
  ) {}

  async carryOut(task: LeasedTask, signal: AbortSignal): Promise<CallOutcome> {
    const call = readToolPayload(task.payload);
    if (call === undefined)
      return { error: failure('tool_call_unreadable', 'The task says no tool that could be called.', false) };
    const { workspaceId, submittedBy: actor, keyId, userId } = task;
    const principal = await this.principals.present({ workspaceId, actor, keyId, userId });
    if (principal === undefined)
      return {
        error: failure('permission_denied', 'Whoever started the run may do nothing here any more.', false),
      };
    return requestContext.run(scopeOf(task, principal), () =>
      tracer.within(SPAN, () => this.call(task, call, signal)),
    );
  }

  private async call(task: LeasedTask, call: ToolPayload, signal: AbortSignal): Promise<CallOutcome> {
    const progress = { isSent: false, isRepeatable: false };
    const timeoutMs = Math.max(1, task.runDeadline.getTime() - Date.now());
    const beforeSent = async (tool: JsonObject): Promise<void> => {
      // Asked once more when the server has moved: the first try provably did not begin, and the mark is ours.
      if (progress.isSent) return;
      progress.isRepeatable = isRepeatable(tool);
      progress.isSent = true;
      if (!(await this.marks.set(task, progress.isRepeatable))) throw new BegunBeforeError();
    };
    try {
      const { result } = await this.caller.call({ ...call, signal, timeoutMs, beforeSent });
      return outcomeOf(result);
    } catch (error) {
      if (error instanceof BegunBeforeError) return begunBefore(call);
      if (!(error instanceof DomainError)) this.logger.error(error);
      if (progress.isSent && !isOutcomeUnknown(error, progress)) await this.marks.clear(task);
      return outcomeOfFailure(error, progress);
    }
  }
}

const begunBefore = ({ toolName }: ToolPayload): CallOutcome => ({
  error: failure(
    'call_outcome_unknown',
    `A process that had begun to call "${toolName}" ended before it saw an answer; it was not called again.`,
    false,
  ),
});

/** As the tool says of itself. Where it lies, its server is at fault. */
function isRepeatable({ annotations }: JsonObject): boolean {
  if (typeof annotations !== 'object' || annotations === null || Array.isArray(annotations)) return false;
  const { readOnlyHint, idempotentHint } = annotations as JsonObject;
  return readOnlyHint === true || idempotentHint === true;
}

function scopeOf({ correlationId, traceparent, taskId }: LeasedTask, principal: Principal) {
  const own = systemScope('tool-stage');
  const trace = traceparent ?? own.traceparent;
  return {
    ...{ ...own, requestId: correlationId, traceparent: trace, traceId: traceIdOf(trace), principal },
    causationId: taskId,
  };
}
