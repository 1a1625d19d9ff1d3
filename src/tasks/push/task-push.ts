import { Injectable } from '@nestjs/common';
import { TasksOptions } from '../tasks.options';
import { PushClient } from './push-client';
import { PushConsequences } from './push-consequences';
import { cancelContent, pushContent } from './push-content';
import { PushParts } from './push-parts';
import { PushRows, type PushTarget } from './push-rows';

export class AgentNotToldError extends Error {
  override readonly name = 'AgentNotToldError';
}

/** Looks at one task: sends it to its agent, tells its agent to stop, or finds that there is nothing to do. */
@Injectable()
export class TaskPush {
  private readonly publicUrl: string;

  constructor(
    private readonly rows: PushRows,
    private readonly parts: PushParts,
    private readonly client: PushClient,
    private readonly consequences: PushConsequences,
    options: TasksOptions,
  ) {
    this.publicUrl = options.publicUrl;
  }

  async look(taskId: string): Promise<void> {
    const target = await this.rows.begin(taskId);
    if (target !== undefined) return this.push(target);
    const stopping = await this.rows.toStop(taskId);
    if (stopping !== undefined) return this.stop(stopping);
    await this.parts.outcomes.handBack(await this.rows.unsent(taskId));
  }

  private async push(target: PushTarget): Promise<void> {
    const { taskId, leaseGen, agentId } = target;
    const url = await this.parts.urlOf(agentId);
    const [task] = await this.parts.answers.held([target]);
    if (task === undefined) return;
    if (url === undefined) return this.parts.outcomes.handBack([target]);
    const beganMs = performance.now();
    const verdict = await this.client.send({
      ...{ agentId, url, id: `${taskId}.${String(leaseGen)}`, traceparent: task.traceparent },
      content: pushContent(task, this.parts.tokens.of(taskId, leaseGen), this.publicUrl),
    });
    await this.consequences.follow(target, verdict, performance.now() - beganMs);
  }

  /** Any answer will do: it was told. Where there is none, the queue tries again until the task has ended. */
  private async stop(target: PushTarget): Promise<void> {
    const { taskId, leaseGen, agentId } = target;
    const url = await this.parts.urlOf(agentId);
    if (url === undefined) return;
    const verdict = await this.client.send({
      ...{ agentId, url, id: `${taskId}.${String(leaseGen)}.cancel` },
      content: cancelContent(taskId, this.parts.tokens.of(taskId, leaseGen)),
    });
    if (verdict.kind === 'unreachable' || verdict.kind === 'unknown' || verdict.kind === 'closed')
      throw new AgentNotToldError(`agent ${agentId} was not told to stop: ${verdict.kind}`);
    await this.rows.stopped(target);
  }
}
