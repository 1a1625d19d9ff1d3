import { Injectable } from '@nestjs/common';
import { DomainError } from '@app/kernel';
import { idOfRequest } from '@app/telemetry';
import { AgentRoster } from '../../agents';
import { MAX_DOCUMENT_BYTES } from '../domain/task';
import { TaskDocumentTooLargeError } from '../domain/lease.errors';
import { TaskAgentUnknownError } from '../domain/task.errors';
import { type TaskDraft, type TaskOwner } from '../domain/task-draft';
import { type PreparedTask } from '../persistence/submission-rows';
import { TasksOptions } from '../tasks.options';

export const DEFAULT_RETRIES = 3;

/** Gives drafts what they left out, and finds the agents that they name. */
@Injectable()
export class TaskPreparation {
  constructor(
    private readonly options: TasksOptions,
    private readonly roster: AgentRoster,
  ) {}

  async prepare(owner: TaskOwner, drafts: readonly TaskDraft[]): Promise<readonly PreparedTask[]> {
    const prepared = await this.prepareEach(owner, drafts);
    return prepared.map((task) => {
      if (task instanceof DomainError) throw task;
      return task;
    });
  }

  /** What cannot be taken stands in the place of its task. */
  async prepareEach(
    owner: TaskOwner,
    drafts: readonly TaskDraft[],
  ): Promise<readonly (PreparedTask | DomainError)[]> {
    const agents = await this.agentsOf(owner, drafts);
    return drafts.map((draft) => {
      if (draft.agent === undefined) return this.prepareOne(draft, null);
      const wanted = agents.get(draft.agent);
      return wanted === undefined ? new TaskAgentUnknownError(draft.agent) : this.prepareOne(draft, wanted);
    });
  }

  private prepareOne(draft: TaskDraft, wantedAgent: string | null): PreparedTask | DomainError {
    const bytes = Buffer.byteLength(JSON.stringify(draft.payload));
    if (bytes > MAX_DOCUMENT_BYTES)
      return new TaskDocumentTooLargeError('payload', bytes, MAX_DOCUMENT_BYTES);
    return {
      ...{ id: idOfRequest('task'), draft, wantedAgent, bytes, retryOf: null },
      ...{ type: draft.type, payload: draft.payload },
      priority: draft.priority ?? 'medium',
      capabilities: draft.capabilities ?? [],
      timeoutS: draft.timeoutS ?? this.options.defaultTimeoutS,
      retryCount: draft.retryCount ?? DEFAULT_RETRIES,
      executor: draft.executor ?? 'agent',
    };
  }

  /** Each name once, however many drafts have it. */
  private async agentsOf(
    { workspaceId }: TaskOwner,
    drafts: readonly TaskDraft[],
  ): Promise<ReadonlyMap<string, string>> {
    const names = new Set(drafts.flatMap(({ agent }) => (agent === undefined ? [] : [agent])));
    const found = new Map<string, string>();
    for (const name of names) {
      const agent = await this.roster.resolve({ workspaceId }, name);
      if (agent !== undefined) found.set(name, agent.id);
    }
    return found;
  }
}
