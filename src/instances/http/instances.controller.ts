import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { ApiProblems, Cursors, IfMatch, RequirePermission, UseETag } from '@app/http';
import { type FastifyReply } from 'fastify';
import { InstanceScopes } from '../access/instance-scopes';
import {
  AskInstanceCommand,
  CreateInstanceCommand,
  UpdateInstanceCommand,
} from '../commands/instance.commands';
import { readLabelTerm } from '../domain/labels';
import { InstanceQueries } from '../queries/instance-queries';
import { CreateInstanceDto } from './create-instance.dto';
import { InstanceDto, InstanceListDto } from './instance.dto';
import { DONE, InstanceAnswers } from './instance-answers';
import { CreateQuery, ListInstancesQuery, UpdateInstanceDto } from './instance-requests.dto';
import { callerOfRequest } from '../commands/caller-of-request';
import { toInstanceDraft, toInstancePatch } from './to-instance-draft';
import { WaitQuery } from '@app/http';

const SPEC_PROBLEMS = [
  'instance_spec_invalid',
  'instance_spec_unknown_field',
  'instance_env_missing',
  'secret_ref_unknown',
  'secret_use_forbidden',
  'instance_name_taken',
] as const;

@ApiTags('instances')
@Controller({ path: 'mcp/instances', version: '1' })
export class InstancesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: InstanceQueries,
    private readonly answers: InstanceAnswers,
    private readonly cursors: Cursors,
    private readonly scopes: InstanceScopes,
  ) {}

  @Post()
  @RequirePermission('instances:create')
  @ApiOperation({
    operationId: 'createInstance',
    summary: 'Create an instance; it starts asynchronously',
    description:
      'From a specification, from a template, or both; the answer comes before the container does.',
  })
  @ApiCreatedResponse({ type: InstanceDto })
  @ApiProblems(...SPEC_PROBLEMS, 'template_unknown', 'instance_quota_exceeded')
  async create(
    @Body() body: CreateInstanceDto,
    @Query() query: CreateQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InstanceDto> {
    const command = new CreateInstanceCommand(
      toInstanceDraft(body),
      callerOfRequest(),
      query.dry_run ?? false,
    );
    return this.answers.created(await this.commands.execute(command), body, query, reply);
  }

  @Get()
  @RequirePermission('instances:read')
  @ApiOperation({
    operationId: 'listInstances',
    summary: 'List instances',
    description: 'One page, newest first unless sort says otherwise.',
  })
  @ApiOkResponse({ type: InstanceListDto })
  @ApiProblems('invalid_cursor')
  async list(@Query() query: ListInstancesQuery): Promise<InstanceListDto> {
    const { limit, cursor, sort = '-created_at', skip = 0, count = false, ...filter } = query;
    const bound = { list: 'instances', sort, ...filter };
    const wanted = {
      ...filter,
      ...(filter.status === undefined ? {} : { statuses: filter.status }),
      ...(filter.label === undefined
        ? {}
        : { labels: filter.label.flatMap((text) => readLabelTerm(text) ?? []) }),
      ...(filter.server_spec_id === undefined ? {} : { serverSpecId: filter.server_spec_id }),
    };
    const scope = this.scopes.ofRequest('instances:read');
    const after = this.cursors.startOf(cursor, bound);
    const [page, total] = await Promise.all([
      this.queries.list(scope, wanted, sort, { after, skip, limit }),
      count ? this.queries.count(scope, wanted) : undefined,
    ]);
    return {
      instances: page.items.map((view) => this.answers.present(view)),
      next_cursor: this.cursors.nextOf(page.next, bound),
      ...(total === undefined ? {} : { total }),
    };
  }

  @Get(':id')
  @RequirePermission('instances:read')
  @ApiOperation({
    operationId: 'getInstance',
    summary: 'Read an instance',
    description: 'What is wanted, and what was seen of it.',
  })
  @ApiParam({ name: 'id', description: 'Id or name.', example: 'docs-search' })
  @ApiOkResponse({ type: InstanceDto })
  @ApiProblems('instance_not_found')
  async get(@Param('id') id: string): Promise<InstanceDto> {
    return this.answers.present(await this.queries.get(this.scopes.ofRequest('instances:read'), id));
  }

  @Patch(':id')
  @RequirePermission('instances:update')
  @UseETag()
  @ApiOperation({
    operationId: 'updateInstance',
    summary: 'Change an instance',
    description: 'A JSON merge patch. What a container would notice makes a new generation.',
  })
  @ApiParam({ name: 'id', description: 'Id or name.', example: 'docs-search' })
  @ApiConsumes('application/merge-patch+json', 'application/json')
  @ApiBody({ type: UpdateInstanceDto })
  @ApiAcceptedResponse({ type: InstanceDto })
  @ApiOkResponse({ type: InstanceDto, description: DONE })
  @ApiProblems(...SPEC_PROBLEMS, 'instance_not_found', 'instance_transition_illegal', 'stale_version')
  async update(
    @Param('id') id: string,
    @Body() body: UpdateInstanceDto,
    @Query() query: CreateQuery,
    @IfMatch() expected: readonly number[] | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InstanceDto> {
    const command = new UpdateInstanceCommand(
      id,
      toInstancePatch(body),
      callerOfRequest(),
      expected,
      query.dry_run ?? false,
    );
    return this.answers.changed(await this.commands.execute(command), query, reply);
  }

  @Delete(':id')
  @HttpCode(202)
  @RequirePermission('instances:delete')
  @UseETag()
  @ApiOperation({
    operationId: 'deleteInstance',
    summary: 'Delete an instance',
    description: 'It goes with its containers, its network and its secrets.',
  })
  @ApiParam({ name: 'id', description: 'Id or name.', example: 'docs-search' })
  @ApiAcceptedResponse({ type: InstanceDto })
  @ApiOkResponse({ type: InstanceDto, description: DONE })
  @ApiProblems('instance_not_found', 'stale_version')
  async delete(
    @Param('id') id: string,
    @Query() query: WaitQuery,
    @IfMatch() expected: readonly number[] | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InstanceDto> {
    return this.answers.changed(
      await this.commands.execute(new AskInstanceCommand('delete', id, expected, false)),
      query,
      reply,
    );
  }
}
