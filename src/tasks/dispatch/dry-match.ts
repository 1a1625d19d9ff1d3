import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { newId } from '@app/kernel';
import { AgentRoster } from '../../agents';
import { TaskAgentUnknownError } from '../domain/task.errors';
import { type TaskOwner } from '../domain/task-draft';
import { laneOf } from './lane';
import { judge, type Judgement } from './matching/judgement';
import { type QueuedTask } from './matching/model';
import { Situations } from './situations';

/** What somebody asks about; nothing of it is stored. */
export interface ImaginedTask {
  readonly type: string;
  readonly capabilities: readonly string[];
  /** Id or name. */
  readonly agent?: string | undefined;
  readonly concurrencyKey?: string | undefined;
}

/** Says who would get a task that is not there. It reads what dispatch reads, and writes nothing. */
@Injectable()
export class DryMatch {
  constructor(
    private readonly db: Database,
    private readonly roster: AgentRoster,
    private readonly situations: Situations,
  ) {}

  async of(owner: TaskOwner, imagined: ImaginedTask): Promise<Judgement> {
    const [row] = await this.db.query<{ now: number }>(
      `SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now`,
    );
    const nowMs = row?.now ?? 0;
    const task = this.queued(owner, imagined, await this.wanted(owner, imagined.agent), nowMs);
    const everybody = await this.situations.everybody([task], nowMs);
    return judge(task, await this.situations.of([task], everybody, nowMs));
  }

  private async wanted({ workspaceId }: TaskOwner, idOrName: string | undefined): Promise<string | null> {
    // In a task null stands for nothing, as it does when it is submitted.
    if (typeof idOrName !== 'string') return null;
    const agent = await this.roster.resolve({ workspaceId }, idOrName);
    if (agent === undefined) throw new TaskAgentUnknownError(idOrName);
    return agent.id;
  }

  private queued(
    owner: TaskOwner,
    { type, capabilities, concurrencyKey }: ImaginedTask,
    wantedAgent: string | null,
    nowMs: number,
  ): QueuedTask {
    const traits = {
      ...{ workspaceId: owner.workspaceId, executor: 'agent' as const, type, capabilities, wantedAgent },
      ...{ concurrencyKey: concurrencyKey ?? null, userId: owner.userId ?? null },
      ...{ keyId: owner.keyId ?? null, agentId: owner.agentId ?? null },
    };
    const lane = laneOf({ ...traits, priority: 'medium' });
    return { ...traits, lane, id: newId(), rankMs: nowMs, dueMs: nowMs, leaseGen: 0 };
  }
}
