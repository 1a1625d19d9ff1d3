import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, Cursors, IfMatch, ListQuery, RequirePermission, UseETag } from '@app/http';
import { type FastifyReply } from 'fastify';
import { InstanceScopes } from '../access/instance-scopes';
import { callerOfRequest } from '../commands/caller-of-request';
import { RollBackInstanceCommand } from '../commands/instance.commands';
import { InstanceGenerations } from '../queries/instance-generations';
import { GenerationDto, GenerationListDto, RollbackDto } from './generations.dto';
import { InstanceDto } from './instance.dto';
import { DONE, InstanceAnswers } from './instance-answers';
import { CreateQuery } from './instance-requests.dto';

const ID = { name: 'id', description: 'Id or name.', example: 'docs-search' };

@ApiTags('instances')
@Controller({ path: 'mcp/instances/:id', version: '1' })
export class InstanceGenerationsController {
  constructor(
    private readonly generations: InstanceGenerations,
    private readonly commands: CommandBus,
    private readonly answers: InstanceAnswers,
    private readonly scopes: InstanceScopes,
    private readonly cursors: Cursors,
  ) {}

  @Get('generations')
  @RequirePermission('instances:read')
  @ApiOperation({
    operationId: 'listInstanceGenerations',
    summary: 'List what it was wanted to be',
    description:
      'Each specification that a container was made for, newest first, as long as events are kept.',
  })
  @ApiParam(ID)
  @ApiOkResponse({ type: GenerationListDto })
  @ApiProblems('instance_not_found', 'invalid_cursor')
  async list(@Param('id') id: string, @Query() { limit, cursor }: ListQuery): Promise<GenerationListDto> {
    const bound = { list: 'instance-generations', instance: id };
    const after = this.cursors.startOf(cursor, bound);
    const page = await this.generations.list(this.scopes.ofRequest('instances:read'), id, after, limit);
    return {
      generations: page.items.map(GenerationDto.from),
      next_cursor: this.cursors.nextOf(page.next, bound),
    };
  }

  @Post('rollback')
  @HttpCode(202)
  @RequirePermission('instances:update')
  @UseETag()
  @ApiOperation({
    operationId: 'rollBackInstance',
    summary: 'Want an earlier generation again',
    description: 'As a new generation, judged by the rules of today; the history stays as it is.',
  })
  @ApiParam(ID)
  @ApiAcceptedResponse({ type: InstanceDto })
  @ApiOkResponse({ type: InstanceDto, description: DONE })
  @ApiProblems(
    ...['instance_not_found', 'generation_unknown', 'instance_spec_invalid', 'instance_env_missing'],
    ...['secret_ref_unknown', 'secret_use_forbidden', 'instance_transition_illegal', 'stale_version'],
  )
  async rollBack(
    @Param('id') id: string,
    @Body() { generation }: RollbackDto,
    @Query() query: CreateQuery,
    @IfMatch() expected: readonly number[] | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InstanceDto> {
    const isDryRun = query.dry_run ?? false;
    const command = new RollBackInstanceCommand(id, generation, callerOfRequest(), expected, isDryRun);
    return this.answers.changed(await this.commands.execute(command), query, reply);
  }
}
