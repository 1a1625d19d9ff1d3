import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { principalOfRequest, scopeOfRequest } from '@app/telemetry';
import { type FastifyReply } from 'fastify';
import { isFinished } from '../domain/task';
import { TaskFinishedError } from '../domain/task.errors';
import { TaskCancellation } from '../lifecycle/task-cancellation';
import { TaskRetry } from '../lifecycle/task-retry';
import { TaskQueries } from '../queries/task-queries';
import { TaskRecords } from '../queries/task-records';
import { TaskLogsQuery } from './list-tasks.dto';
import { presentAccepted, presentTask, TASKS } from './present-task';
import { ownerOf } from './submit-task.dto';
import { CancelTaskDto, RetryTaskDto, TaskLogPageDto } from './task-actions.dto';
import { AcceptedTaskDto, TaskDto } from './task.dto';
import { TASK_PARAM } from './tasks.controller';

const NO_REASON = 'Somebody asked for it.';

@ApiTags('tasks')
@Controller({ path: 'tasks', version: '1' })
export class TaskActionsController {
  constructor(
    private readonly cancellation: TaskCancellation,
    private readonly repetition: TaskRetry,
    private readonly queries: TaskQueries,
    private readonly records: TaskRecords,
  ) {}

  @Post(':id/cancel')
  @HttpCode(200)
  @RequirePermission('tasks:cancel')
  @ApiOperation({
    operationId: 'cancelTask',
    summary: 'Cancel a task',
    description:
      'What waits is cancelled at once. Whoever runs it is told with the next answer, and has 30 seconds to end it; what is completed before that is completed.',
  })
  @ApiParam(TASK_PARAM)
  @ApiOkResponse({ type: TaskDto })
  @ApiProblems('task_not_found', 'task_finished')
  async cancel(@Param('id') id: string, @Body() { reason = NO_REASON }: CancelTaskDto): Promise<TaskDto> {
    const scope = scopeOfRequest();
    const before = await this.queries.get(scope, id);
    if (isFinished(before.status) && before.status !== 'cancelled')
      throw new TaskFinishedError(before.id, before.status);
    await this.cancellation.cancel(scope, [before.id], reason);
    return presentTask(await this.queries.get(scope, before.id));
  }

  @Post(':id/retry')
  @RequirePermission('tasks:retry')
  @ApiOperation({
    operationId: 'retryTask',
    summary: 'Try a task again',
    description: 'As a new task, which names this one. What was completed is not tried again.',
  })
  @ApiParam(TASK_PARAM)
  @ApiCreatedResponse({ type: AcceptedTaskDto })
  @ApiProblems(
    ...['task_not_found', 'task_not_retryable', 'task_already_retried'],
    ...['task_document_too_large', 'quota_exceeded'],
  )
  async retry(
    @Param('id') id: string,
    @Body() { payload }: RetryTaskDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AcceptedTaskDto> {
    const { retriedAs } = await this.repetition.one(ownerOf(principalOfRequest()), id, payload);
    reply.header('location', `${TASKS}/${retriedAs}`);
    return presentAccepted(retriedAs);
  }

  @Get(':id/logs')
  @RequirePermission('tasks:read')
  @ApiOperation({
    operationId: 'getTaskLogs',
    summary: 'Read the log of a task',
    description: 'From the oldest line on. Asked again with next_after, only what was said since.',
  })
  @ApiParam(TASK_PARAM)
  @ApiOkResponse({ type: TaskLogPageDto })
  @ApiProblems('task_not_found')
  async logs(
    @Param('id') id: string,
    @Query() { after = '0', limit }: TaskLogsQuery,
  ): Promise<TaskLogPageDto> {
    const taskId = await this.queries.idOf(scopeOfRequest(), id);
    const lines = await this.records.linesAfter(taskId, after, limit);
    return {
      logs: lines.map(({ at, level, message, attempt }) => ({
        ...{ timestamp: at.toISOString(), level, message, attempt },
      })),
      next_after: lines.at(-1)?.id ?? after,
    };
  }
}
