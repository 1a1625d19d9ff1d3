import { type JsonObject } from '@app/kernel';
import { principalOfRequest, type Principal } from '@app/telemetry';
import { PermissionDeniedError, type Principals, type StoredIdentity } from '../../identity';
import { type ToolCall, type ToolCallAnswer, type ToolCaller } from '../../gateway';
import { CallOutcomeUnknownError, ServerNotRunningError } from '../../gateway/domain/gateway.errors';
import { type LeasedTask } from '../../tasks';
import { type CallMarks } from './call-marks';
import { ToolStage } from './tool-stage';

const PRINCIPAL: Principal = {
  ...{ id: 'u-1', kind: 'user', name: 'ada', role: 'developer', permissions: new Set(['tools:call']) },
  workspaceId: 'w-1',
};
const TASK: LeasedTask = {
  ...{ taskId: 't-1', leaseGen: 1, workspaceId: 'w-1', type: 'tool-call', attempt: 1, agentId: null },
  payload: { server_name: 'docs', tool_name: 'search', arguments: { q: 'x' } },
  ...{ runId: 'r-1', stageRunId: 's-1', correlationId: 'c-1', traceparent: null, submittedBy: 'user:u-1' },
  ...{ userId: 'u-1', keyId: null, leaseUntil: new Date(), runDeadline: new Date(Date.now() + 60_000) },
};
const LOST = new CallOutcomeUnknownError('docs', 'search', 'tcp', new Error('reset'));
const AWAY = new ServerNotRunningError('docs', 'starting', 'It starts.', 2);

/** A gateway with one tool, the marks of one attempt, and one person. */
class World {
  mark = false;
  calls: ToolCall[] = [];
  callers: Principal[] = [];
  annotations: JsonObject = {};
  /** What happens before the call leaves, and what comes after. */
  refusal: Error | undefined;
  answer: (() => Promise<ToolCallAnswer['result']>) | Error = () => Promise.resolve({ content: [] });
  present: Principal | undefined = PRINCIPAL;

  readonly stage = new ToolStage(
    {
      call: async (call: ToolCall): Promise<ToolCallAnswer> => {
        this.callers.push(principalOfRequest());
        if (this.refusal !== undefined) throw this.refusal;
        await call.beforeSent?.({ name: 'search', inputSchema: {}, annotations: this.annotations });
        this.calls.push(call);
        if (this.answer instanceof Error) throw this.answer;
        return { result: await this.answer(), serverName: 'docs', durationMs: 1 };
      },
    } as unknown as ToolCaller,
    { present: (_: StoredIdentity) => Promise.resolve(this.present) } as unknown as Principals,
    {
      set: (_: LeasedTask, isRepeatable: boolean) => {
        const isFree = !this.mark || isRepeatable;
        this.mark = true;
        return Promise.resolve(isFree);
      },
      clear: () => {
        this.mark = false;
        return Promise.resolve();
      },
    } as unknown as CallMarks,
  );

  carryOut = (task: LeasedTask = TASK) => this.stage.carryOut(task, new AbortController().signal);
}

const error = (code: string, retryable: boolean): object => ({
  error: expect.objectContaining({ code, retryable }) as object,
});

describe('a tool stage', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });

  it('calls with the rights that whoever started the run has now', async () => {
    const content = [{ type: 'text', text: 'found' }];
    world.answer = () => Promise.resolve({ content, structuredContent: { n: 1 } });
    expect(await world.carryOut()).toEqual({ result: { content, structured_content: { n: 1 } } });
    expect(world.callers).toEqual([PRINCIPAL]);
    expect(world.calls).toMatchObject([{ serverName: 'docs', toolName: 'search', args: { q: 'x' } }]);
  });

  it('calls nothing for somebody who is gone, or may no longer', async () => {
    world.present = undefined;
    expect(await world.carryOut()).toEqual(error('permission_denied', false));
    world.present = PRINCIPAL;
    world.refusal = new PermissionDeniedError('tools:call');
    expect(await world.carryOut()).toEqual(error('permission_denied', false));
    expect(world.calls).toEqual([]);
  });

  it('is tried again by itself where nothing can have happened', async () => {
    world.refusal = AWAY;
    expect(await world.carryOut()).toEqual(error('server_not_running', true));
    expect(world.mark).toBe(false);
  });

  it('never repeats a call whose outcome is not known', async () => {
    world.answer = LOST;
    expect(await world.carryOut()).toEqual(error('call_outcome_unknown', false));
    // The process died, and the lease was given to another one.
    expect(await world.carryOut({ ...TASK, leaseGen: 2 })).toEqual(error('call_outcome_unknown', false));
    expect(world.calls).toHaveLength(1);
  });

  it.each([[{ readOnlyHint: true }], [{ idempotentHint: true }]])(
    'repeats one that says %j',
    async (hints) => {
      world.annotations = hints;
      world.answer = LOST;
      expect(await world.carryOut()).toEqual(error('call_outcome_unknown', true));
      world.answer = () => Promise.resolve({ content: [] });
      expect(await world.carryOut({ ...TASK, leaseGen: 2 })).toEqual({ result: { content: [] } });
    },
  );

  it('fails with the words of the tool, and with a result that is too large', async () => {
    world.answer = () =>
      Promise.resolve({ content: [{ type: 'text', text: 'no such page' }], isError: true });
    expect(await world.carryOut()).toEqual({
      error: { code: 'tool_error', message: 'no such page', retryable: false },
    });
    world = new World();
    world.answer = () => Promise.resolve({ content: [{ type: 'text', text: 'x'.repeat(300_000) }] });
    expect(await world.carryOut()).toEqual(error('output_too_large', false));
  });

  it('knows a task that says no tool', async () => {
    expect(await world.carryOut({ ...TASK, payload: {} })).toEqual(error('tool_call_unreadable', false));
  });
});
