import { Body, Controller, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission, WaitQuery } from '@app/http';
import { type FastifyReply } from 'fastify';
import { AskInstanceCommand, type StateVerb } from '../commands/instance.commands';
import { RunBulkCommand } from '../commands/run-bulk.command';
import { BulkAnswerDto, presentBulk } from './bulk.dto';
import { InstanceDto } from './instance.dto';
import { DONE, InstanceAnswers } from './instance-answers';
import { BulkDto, DryRunQuery } from './instance-requests.dto';
import { toBulkOperations } from './to-bulk-operations';
import { callerOfRequest } from '../commands/caller-of-request';

@ApiTags('instances')
@Controller({ path: 'mcp/instances', version: '1' })
export class InstanceActionsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly answers: InstanceAnswers,
  ) {}

  @Post(':id/start')
  @HttpCode(202)
  @RequirePermission('instances:operate')
  @ApiOperation({
    operationId: 'startInstance',
    summary: 'Start an instance',
    description: 'It is wanted running from now on.',
  })
  @ApiParam({ name: 'id', description: 'Id or name.', example: 'docs-search' })
  @ApiAcceptedResponse({ type: InstanceDto })
  @ApiOkResponse({ type: InstanceDto, description: DONE })
  @ApiProblems('instance_not_found', 'instance_transition_illegal')
  start(
    @Param('id') id: string,
    @Query() query: WaitQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InstanceDto> {
    return this.ask('start', id, query, reply);
  }

  @Post(':id/stop')
  @HttpCode(202)
  @RequirePermission('instances:operate')
  @ApiOperation({
    operationId: 'stopInstance',
    summary: 'Stop an instance',
    description: 'Its containers go; its record and its secrets stay.',
  })
  @ApiParam({ name: 'id', description: 'Id or name.', example: 'docs-search' })
  @ApiAcceptedResponse({ type: InstanceDto })
  @ApiOkResponse({ type: InstanceDto, description: DONE })
  @ApiProblems('instance_not_found', 'instance_transition_illegal')
  stop(
    @Param('id') id: string,
    @Query() query: WaitQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InstanceDto> {
    return this.ask('stop', id, query, reply);
  }

  @Post(':id/restart')
  @HttpCode(202)
  @RequirePermission('instances:operate')
  @ApiOperation({
    operationId: 'restartInstance',
    summary: 'Restart an instance',
    description: 'A new generation, and so a new container.',
  })
  @ApiParam({ name: 'id', description: 'Id or name.', example: 'docs-search' })
  @ApiAcceptedResponse({ type: InstanceDto })
  @ApiOkResponse({ type: InstanceDto, description: DONE })
  @ApiProblems('instance_not_found', 'instance_transition_illegal')
  restart(
    @Param('id') id: string,
    @Query() query: WaitQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InstanceDto> {
    return this.ask('restart', id, query, reply);
  }

  /** Each item needs the permission of its own verb: reading is what all of them have in common. */
  @Post('bulk')
  @HttpCode(200)
  @RequirePermission('instances:read')
  @ApiOperation({
    operationId: 'runBulk',
    summary: 'Create, start, stop, restart or delete many',
    description: 'At most 500; one failure does not stop the rest.',
  })
  @ApiOkResponse({ type: BulkAnswerDto })
  @ApiProblems('bulk_item_forbidden')
  async bulk(@Body() { operations }: BulkDto, @Query() query: DryRunQuery): Promise<BulkAnswerDto> {
    const command = new RunBulkCommand(
      await toBulkOperations(operations),
      callerOfRequest(),
      query.dry_run ?? false,
    );
    return presentBulk(await this.commands.execute(command));
  }

  private async ask(
    verb: StateVerb,
    id: string,
    query: WaitQuery,
    reply: FastifyReply,
  ): Promise<InstanceDto> {
    return this.answers.changed(
      await this.commands.execute(new AskInstanceCommand(verb, id, undefined, false)),
      query,
      reply,
    );
  }
}
