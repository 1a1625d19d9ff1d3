import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { Queues } from '../queues/queues';
import { QueueDto, QueueListDto, showQueue, showQueues } from './queue.dto';

const NAME = { name: 'name', description: 'Of the queue.', example: 'pipelines.advance' };

@ApiTags('queues')
@Controller({ path: 'queues', version: '1' })
export class QueuesController {
  constructor(private readonly queues: Queues) {}

  @Get()
  @RequirePermission('queues:read')
  @ApiOperation({
    operationId: 'listQueues',
    summary: 'List the queues of the installation',
    description:
      'How deep each is, how fast it moves, how long its oldest message waits, and who takes from it.',
  })
  @ApiOkResponse({ type: QueueListDto })
  @ApiProblems('queue_unavailable')
  async list(): Promise<QueueListDto> {
    return showQueues(await this.queues.list());
  }

  @Post(':name/pause')
  @HttpCode(200)
  @RequirePermission('queues:operate')
  @ApiOperation({
    operationId: 'pauseQueue',
    summary: 'Take nothing more out of a queue',
    description:
      'What is in work is ended, what is sent waits. It holds for all processes, also after a restart.',
  })
  @ApiParam(NAME)
  @ApiOkResponse({ type: QueueDto })
  @ApiProblems('queue_not_found', 'queue_unavailable')
  async pause(@Param('name') name: string): Promise<QueueDto> {
    return showQueue(await this.queues.setPaused(name, true));
  }

  @Post(':name/resume')
  @HttpCode(200)
  @RequirePermission('queues:operate')
  @ApiOperation({
    operationId: 'resumeQueue',
    summary: 'Let a paused queue go on',
    description: 'With what waited meanwhile, in its order.',
  })
  @ApiParam(NAME)
  @ApiOkResponse({ type: QueueDto })
  @ApiProblems('queue_not_found', 'queue_unavailable')
  async resume(@Param('name') name: string): Promise<QueueDto> {
    return showQueue(await this.queues.setPaused(name, false));
  }
}
