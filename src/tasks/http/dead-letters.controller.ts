import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, Cursors, RequirePermission } from '@app/http';
import { principalOfRequest, scopeOfRequest } from '@app/telemetry';
import { type NotRetried, type Retried, TaskRetry } from '../lifecycle/task-retry';
import { DeadLetters } from '../queries/dead-letters';
import { answerOf, BatchAnswerDto, refused } from './batch.dto';
import { ListDeadLettersQuery } from './list-tasks.dto';
import { presentSummary, TASKS } from './present-task';
import { ownerOf } from './submit-task.dto';
import { RetryDeadLettersDto } from './task-actions.dto';
import { TaskListDto } from './task.dto';

@ApiTags('tasks')
@Controller({ path: 'tasks/dead-letters', version: '1' })
export class DeadLettersController {
  constructor(
    private readonly dead: DeadLetters,
    private readonly repetition: TaskRetry,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @RequirePermission('tasks:read')
  @ApiOperation({
    operationId: 'listDeadLetters',
    summary: 'List tasks that were given up',
    description: 'With the reason of each; what was tried again is not among them.',
  })
  @ApiOkResponse({ type: TaskListDto })
  @ApiProblems('invalid_cursor')
  async list(@Query() query: ListDeadLettersQuery): Promise<TaskListDto> {
    const { limit, cursor, type, reason, pipeline_id: pipelineMark } = query;
    const filter = { type, reason, pipelineMark };
    const bound = { list: 'dead-letters', ...filter };
    const page = await this.dead.list(scopeOfRequest(), filter, this.cursors.startOf(cursor, bound), limit);
    return { tasks: page.items.map(presentSummary), next_cursor: this.cursors.nextOf(page.next, bound) };
  }

  @Post('retry')
  @HttpCode(200)
  @RequirePermission('tasks:retry')
  @ApiOperation({
    operationId: 'retryDeadLetters',
    summary: 'Try again what was given up',
    description: 'By their ids, or the oldest of a kind; at most 500 at once. Each becomes a new task.',
  })
  @ApiOkResponse({ type: BatchAnswerDto })
  @ApiProblems('quota_exceeded')
  async retry(@Body() body: RetryDeadLettersDto): Promise<BatchAnswerDto> {
    const { ids, type, reason, pipeline_id: pipelineMark, limit } = body;
    const owner = ownerOf(principalOfRequest());
    const retried =
      ids === undefined
        ? await this.repetition.dead(owner, { type, reason, pipelineMark }, limit)
        : await this.repetition.these(owner, ids);
    return answerOf(retried.map(resultOf));
  }
}

const resultOf = (retried: Retried | NotRetried, index: number) =>
  'refusal' in retried
    ? refused(index, `${TASKS}/dead-letters/retry`, retried.refusal, retried.id)
    : { index, status: 201, task_id: retried.id, retried_as: retried.retriedAs };
