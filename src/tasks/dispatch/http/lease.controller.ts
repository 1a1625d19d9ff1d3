import { Body, Controller, Header, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { principalOfRequest } from '@app/telemetry';
import { LeaseAnswers } from '../asks/lease-answers';
import { CallerGone } from './caller-gone';
import { AskForTasksDto, LeasedTasksDto, showLeased } from './lease.dto';

@ApiTags('agents')
@Controller({ path: 'agents', version: '1' })
export class LeaseController {
  constructor(private readonly answers: LeaseAnswers) {}

  @Post(':id/lease')
  @ApiParam({ name: 'id', description: 'Its id or name.', example: 'data-processor' })
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @RequirePermission('agents:work')
  @ApiOperation({
    operationId: 'leaseTasks',
    summary: 'Ask for tasks',
    description:
      'Answers as soon as there is something to do, or with an empty list when the time is up. What is given is the agent’s ' +
      'until it says what became of it or is gone; a caller that hangs up before the answer has left is given nothing.',
  })
  @ApiOkResponse({ type: LeasedTasksDto })
  @ApiProblems(
    ...['unauthenticated', 'permission_denied', 'agent_not_found', 'agent_not_yours'],
    ...['validation_failed', 'too_many_waiting_agents', 'database_unavailable'],
  )
  async lease(
    @Param('id') id: string,
    @Body() { max = 1, wait_s: waitS = 0, capabilities = [] }: AskForTasksDto,
    @CallerGone() gone: AbortSignal,
  ): Promise<LeasedTasksDto> {
    const grants = await this.answers.answer(principalOfRequest(), id, { max, waitS, capabilities }, gone);
    return { tasks: grants.map(showLeased) };
  }
}
