import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { ApiProblems, Cursors, RequirePermission } from '@app/http';
import { principalOfRequest, scopeOfRequest } from '@app/telemetry';
import { type FastifyReply } from 'fastify';
import { type AcceptedTask, GatheredSubmissions } from '../lifecycle/gathered-submissions';
import { TaskQueries } from '../queries/task-queries';
import { answerOf, BatchAnswerDto, type BatchResultDto, refused, SubmitBatchDto } from './batch.dto';
import { ListTasksQuery } from './list-tasks.dto';
import { presentAccepted, presentSummary, presentTask, TASKS } from './present-task';
import { readItem } from './read-items';
import { ownerOf, SubmitTaskDto, toDraft } from './submit-task.dto';
import { AcceptedTaskDto, TaskDto, TaskListDto } from './task.dto';

export const TASK_PARAM = {
  name: 'id',
  description: 'Its id.',
  example: '8c9ce4c4-6d30-4b34-a6d5-21a4b58d4f0a',
};
const SUBMIT_PROBLEMS = ['task_agent_unknown', 'task_document_too_large', 'quota_exceeded', 'tasks_busy'];

@ApiTags('tasks')
@Controller({ path: 'tasks', version: '1' })
export class TasksController {
  constructor(
    private readonly submissions: GatheredSubmissions,
    private readonly queries: TaskQueries,
    private readonly cursors: Cursors,
  ) {}

  @Post()
  @RequirePermission('tasks:submit')
  @ApiOperation({
    operationId: 'submitTask',
    summary: 'Submit a task',
    description: 'It is stored when this is answered, and given to an agent as soon as there is one for it.',
  })
  @ApiCreatedResponse({ type: AcceptedTaskDto })
  @ApiProblems(...SUBMIT_PROBLEMS)
  async submit(
    @Body() body: SubmitTaskDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AcceptedTaskDto> {
    const { id } = await this.submissions.submit(ownerOf(principalOfRequest()), toDraft(body));
    reply.header('location', `${TASKS}/${id}`);
    return presentAccepted(id);
  }

  @Post('batch')
  @HttpCode(200)
  @RequirePermission('tasks:submit')
  @ApiExtraModels(SubmitTaskDto)
  @ApiOperation({
    operationId: 'submitTasks',
    summary: 'Submit many tasks',
    description: 'Each is accepted or refused for itself, and answered in its place.',
  })
  @ApiOkResponse({ type: BatchAnswerDto })
  @ApiProblems('tasks_busy')
  async submitMany(@Body() { tasks }: SubmitBatchDto): Promise<BatchAnswerDto> {
    const owner = ownerOf(principalOfRequest());
    const read = await Promise.all(tasks.map((task) => readItem(SubmitTaskDto, task)));
    const proper = read.filter((item): item is SubmitTaskDto => !(item instanceof Error));
    const answers = await this.submissions.submitEach(owner, proper.map(toDraft));
    const answerTo = new Map(proper.map((item, at) => [item, answers[at]]));
    return answerOf(
      read.map((item, index) =>
        item instanceof Error ? refused(index, `${TASKS}/batch`, item) : resultOf(index, answerTo.get(item)),
      ),
    );
  }

  @Get()
  @RequirePermission('tasks:read')
  @ApiOperation({
    operationId: 'listTasks',
    summary: 'List tasks',
    description: 'One page, newest first. What waits says in one sentence what it waits for.',
  })
  @ApiOkResponse({ type: TaskListDto })
  @ApiProblems('invalid_cursor')
  async list(@Query() query: ListTasksQuery): Promise<TaskListDto> {
    const {
      limit,
      cursor,
      status,
      type,
      agent_id: agentId,
      pipeline_id: pipelineMark,
      run_id: runId,
    } = query;
    const filter = { statuses: status, type, agentId, pipelineMark, runId };
    const bound = { list: 'tasks', ...filter };
    const page = await this.queries.list(
      scopeOfRequest(),
      filter,
      this.cursors.startOf(cursor, bound),
      limit,
    );
    return { tasks: page.items.map(presentSummary), next_cursor: this.cursors.nextOf(page.next, bound) };
  }

  @Get(':id')
  @RequirePermission('tasks:read')
  @ApiOperation({
    operationId: 'getTask',
    summary: 'Read a task',
    description: 'With its last log lines, and with who had it and why.',
  })
  @ApiParam(TASK_PARAM)
  @ApiOkResponse({ type: TaskDto })
  @ApiProblems('task_not_found')
  async get(@Param('id') id: string): Promise<TaskDto> {
    return presentTask(await this.queries.get(scopeOfRequest(), id));
  }
}

function resultOf(index: number, answer: PromiseSettledResult<AcceptedTask> | undefined): BatchResultDto {
  if (answer?.status === 'fulfilled') return { index, status: 201, task_id: answer.value.id };
  return refused(index, `${TASKS}/batch`, answer?.reason);
}
