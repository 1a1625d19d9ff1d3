import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { principalOfRequest } from '@app/telemetry';
import { ownerOf } from '../../http/submit-task.dto';
import { DryMatch } from '../dry-match';
import { MatchDto, MatchTaskDto, showJudgement } from './match.dto';

@ApiTags('tasks')
@Controller({ path: 'tasks/match', version: '1' })
export class MatchController {
  constructor(private readonly match: DryMatch) {}

  @Post()
  @HttpCode(200)
  @RequirePermission('tasks:read')
  @ApiOperation({
    operationId: 'matchTask',
    summary: 'Ask who would get a task',
    description:
      'And why not the others, by the rules that dispatch goes by. Nothing is stored and nobody is given anything.',
  })
  @ApiOkResponse({ type: MatchDto })
  @ApiProblems('validation_failed', 'task_agent_unknown')
  async ask(
    @Body() { type, capabilities, agent_id: agent, concurrency_key: concurrencyKey }: MatchTaskDto,
  ): Promise<MatchDto> {
    return showJudgement(
      await this.match.of(ownerOf(principalOfRequest()), {
        ...{ type, capabilities: capabilities ?? [], agent, concurrencyKey },
      }),
    );
  }
}
