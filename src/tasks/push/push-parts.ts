import { Injectable } from '@nestjs/common';
import { AgentRoster } from '../../agents';
import { AnswerRows } from '../dispatch/persistence/answer-rows';
import { LeaseTokens } from '../lifecycle/lease-tokens';
import { TaskOutcomes } from '../lifecycle/task-outcomes';

/** What both directions need. */
@Injectable()
export class PushParts {
  constructor(
    readonly answers: AnswerRows,
    readonly tokens: LeaseTokens,
    readonly outcomes: TaskOutcomes,
    private readonly roster: AgentRoster,
  ) {}

  /** undefined: it is not pushed to any more, or not registered. */
  async urlOf(agentId: string): Promise<string | undefined> {
    const [agent] = await this.roster.present([agentId]);
    return agent?.taskUrl;
  }
}
