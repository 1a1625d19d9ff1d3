import { Body, Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiProblems,
  type ExpectedVersions,
  IfMatch,
  RequirePermission,
  UseETag,
  withRowVersion,
} from '@app/http';
import { scopeOfRequest } from '@app/telemetry';
import {
  PutTaskLimitDto,
  showLimit,
  TaskLimitDto,
  TaskLimitListDto,
  TaskLimitPathDto,
} from './task-limit.dto';
import { TaskLimits } from './task-limits';

@ApiTags('tasks')
@Controller({ path: 'tasks/limits', version: '1' })
export class TaskLimitsController {
  constructor(private readonly limits: TaskLimits) {}

  @Get()
  @RequirePermission('tasks:read')
  @ApiOperation({
    operationId: 'listTaskLimits',
    summary: 'List limits of tasks',
    description:
      'How many tasks of which types, and with which concurrency keys, run at once, and how many do.',
  })
  @ApiOkResponse({ type: TaskLimitListDto })
  async list(): Promise<TaskLimitListDto> {
    return { limits: (await this.limits.list(scopeOfRequest())).map(showLimit) };
  }

  @Put(':kind/:name')
  @RequirePermission('tasks:limit')
  @UseETag()
  @ApiOperation({
    operationId: 'putTaskLimit',
    summary: 'Limit how many run at once',
    description: 'Holds from the next task that begins; what runs already is not ended.',
  })
  @ApiOkResponse({ type: TaskLimitDto })
  @ApiProblems('validation_failed', 'stale_version', 'too_many_task_limits')
  async put(
    @Param() subject: TaskLimitPathDto,
    @Body() { max_running: maxRunning }: PutTaskLimitDto,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<TaskLimitDto> {
    const limit = await this.limits.put(scopeOfRequest(), subject, maxRunning, expected);
    return withRowVersion(showLimit(limit), limit.version);
  }

  @Delete(':kind/:name')
  @HttpCode(204)
  @RequirePermission('tasks:limit')
  @UseETag()
  @ApiOperation({
    operationId: 'deleteTaskLimit',
    summary: 'Remove a limit',
    description: 'What it held back begins at once, as far as other limits allow.',
  })
  @ApiNoContentResponse({ description: 'There is no such limit any more.' })
  @ApiProblems('task_limit_not_found', 'stale_version')
  async remove(@Param() subject: TaskLimitPathDto, @IfMatch() expected: ExpectedVersions): Promise<void> {
    await this.limits.remove(scopeOfRequest(), subject, expected);
  }
}
