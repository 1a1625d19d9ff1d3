import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission, ValidationFailedError } from '@app/http';
import { principalOfRequest } from '@app/telemetry';
import { AgentDirectory } from '../../agents';
import { answerOf, BatchAnswerDto, type BatchResultDto, refused } from './batch.dto';
import { LeaseWork } from '../lifecycle/lease-work';
import { readItem } from './read-items';
import { OutcomeDto, OutcomesDto } from './task-work.dto';

@ApiTags('agents')
@Controller({ path: 'agents', version: '1' })
export class AgentOutcomesController {
  constructor(
    private readonly work: LeaseWork,
    private readonly directory: AgentDirectory,
  ) {}

  @Post(':id/outcomes')
  @HttpCode(200)
  @RequirePermission('tasks:work')
  @ApiExtraModels(OutcomeDto)
  @ApiOperation({
    operationId: 'reportOutcomes',
    summary: 'Say how many tasks ended',
    description: 'Each is taken or refused for itself, as complete and fail would.',
  })
  @ApiParam({ name: 'id', description: 'Its id or name.', example: 'data-processor' })
  @ApiOkResponse({ type: BatchAnswerDto })
  @ApiProblems('agent_not_found', 'agent_not_yours', 'tasks_busy')
  async report(@Param('id') id: string, @Body() { outcomes }: OutcomesDto): Promise<BatchAnswerDto> {
    await this.directory.idOfWorker(principalOfRequest(), id);
    const path = `/api/v1/agents/${id.slice(0, 64)}/outcomes`;
    return answerOf(await Promise.all(outcomes.map((outcome, index) => this.one(index, outcome, path))));
  }

  private async one(
    index: number,
    item: Readonly<Record<string, unknown>>,
    path: string,
  ): Promise<BatchResultDto> {
    try {
      const outcome = await readItem(OutcomeDto, item);
      if (outcome instanceof Error) throw outcome;
      if ((outcome.error === undefined) === (item['result'] === undefined)) throw ambiguous();
      const { status } = await this.work.end(outcome.task_id, outcome.lease_token, outcome);
      return { index, status: 200, task_id: outcome.task_id, task_status: status };
    } catch (error) {
      const taskId = item['task_id'];
      return refused(index, path, error, typeof taskId === 'string' ? taskId.slice(0, 64) : undefined);
    }
  }
}

const ambiguous = (): Error =>
  new ValidationFailedError([
    { pointer: '/result', code: 'invalid', detail: 'an outcome has either a result or an error' },
  ]);
