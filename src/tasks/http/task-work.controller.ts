import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { MAX_LOG_MESSAGE_BYTES } from '../domain/task';
import { TaskReports } from '../lifecycle/task-reports';
import { LeaseWork } from '../lifecycle/lease-work';
import {
  AppendLogsDto,
  CompleteTaskDto,
  EndedTaskDto,
  FailTaskDto,
  HandBackTaskDto,
  LogsAnswerDto,
  ReportAnswerDto,
  TaskProgressDto,
} from './task-work.dto';
import { TASK_PARAM } from './tasks.controller';

const LEASE_PROBLEMS = ['task_not_found', 'lease_lost', 'tasks_busy'];

@ApiTags('tasks')
@Controller({ path: 'tasks', version: '1' })
export class TaskWorkController {
  constructor(
    private readonly work: LeaseWork,
    private readonly reports: TaskReports,
  ) {}

  @Post(':id/progress')
  @HttpCode(200)
  @RequirePermission('tasks:work')
  @ApiOperation({
    operationId: 'reportTaskProgress',
    summary: 'Say how far a task is',
    description: 'Counts as a heartbeat. Of what is said within half a second only the newest is stored.',
  })
  @ApiParam(TASK_PARAM)
  @ApiOkResponse({ type: ReportAnswerDto })
  @ApiProblems(...LEASE_PROBLEMS)
  async progress(@Param('id') id: string, @Body() body: TaskProgressDto): Promise<ReportAnswerDto> {
    const report = await this.work.report(id, body.lease_token, (lease) =>
      this.reports.progress(lease, body.progress, body.message),
    );
    return { cancel: report.isCancelRequested, cancel_reason: report.cancelReason };
  }

  @Post(':id/logs')
  @HttpCode(200)
  @RequirePermission('tasks:work')
  @ApiOperation({
    operationId: 'appendTaskLogs',
    summary: 'Add to the log of a task',
    description: 'Counts as a heartbeat. Stored within half a second, and before the task ends.',
  })
  @ApiParam(TASK_PARAM)
  @ApiOkResponse({ type: LogsAnswerDto })
  @ApiProblems(...LEASE_PROBLEMS)
  async logs(@Param('id') id: string, @Body() body: AppendLogsDto): Promise<LogsAnswerDto> {
    const entries = body.entries.map(({ level = 'info', message }) => ({ level, message: cut(message) }));
    const report = await this.work.report(id, body.lease_token, (lease) => this.reports.log(lease, entries));
    return {
      ...{ cancel: report.isCancelRequested, cancel_reason: report.cancelReason },
      accepted: report.accepted,
    };
  }

  @Post(':id/complete')
  @HttpCode(200)
  @RequirePermission('tasks:work')
  @ApiOperation({
    operationId: 'completeTask',
    summary: 'Say that a task is done',
    description: 'Also when somebody wanted it cancelled meanwhile: it is done.',
  })
  @ApiParam(TASK_PARAM)
  @ApiOkResponse({ type: EndedTaskDto })
  @ApiProblems(...LEASE_PROBLEMS, 'task_document_too_large')
  async complete(@Param('id') id: string, @Body() body: CompleteTaskDto): Promise<EndedTaskDto> {
    const { status } = await this.work.end(id, body.lease_token, { result: body.result ?? null });
    return { task_id: id, status };
  }

  @Post(':id/fail')
  @HttpCode(200)
  @RequirePermission('tasks:work')
  @ApiOperation({
    operationId: 'failTask',
    summary: 'Say that a task failed',
    description: 'It is tried again while it has attempts left, unless that makes no sense.',
  })
  @ApiParam(TASK_PARAM)
  @ApiOkResponse({ type: EndedTaskDto })
  @ApiProblems(...LEASE_PROBLEMS)
  async fail(@Param('id') id: string, @Body() body: FailTaskDto): Promise<EndedTaskDto> {
    const { lease_token: token, ...ending } = body;
    const { status } = await this.work.end(id, token, ending);
    return { task_id: id, status };
  }

  @Post(':id/hand-back')
  @HttpCode(200)
  @RequirePermission('tasks:work')
  @ApiOperation({
    operationId: 'handBackTask',
    summary: 'Give a task back undone',
    description:
      'For an agent that has to end. The attempt does not count, and somebody else may have the task at once.',
  })
  @ApiParam(TASK_PARAM)
  @ApiOkResponse({ type: EndedTaskDto })
  @ApiProblems(...LEASE_PROBLEMS)
  async handBack(
    @Param('id') id: string,
    @Body() { lease_token: token }: HandBackTaskDto,
  ): Promise<EndedTaskDto> {
    const { status } = await this.work.handBack(id, token);
    return { task_id: id, status };
  }
}

/** A line that is too long is cut, not refused: what an agent prints is not its choice. */
function cut(message: string): string {
  const bytes = Buffer.from(message);
  if (bytes.length <= MAX_LOG_MESSAGE_BYTES) return message;
  return `${bytes
    .subarray(0, MAX_LOG_MESSAGE_BYTES - 4)
    .toString()
    .replace(/\uFFFD+$/, '')}…`;
}
