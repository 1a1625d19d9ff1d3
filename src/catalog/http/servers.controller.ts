import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { ApiProblems, Cursors, IfMatch, RequirePermission, UseETag } from '@app/http';
import { scopeOfRequest } from '@app/telemetry';
import { type FastifyReply } from 'fastify';
import { DeleteServerCommand, UpdateServerCommand } from '../commands/change-server.commands';
import { RegisterServerCommand } from '../commands/register-server.command';
import { DefinitionQueries } from '../queries/definition-queries';
import { RegisterServerDto, UpdateServerDto } from './register-server.dto';
import { DryRunQuery, ListServersQuery, presentServer, ServerDto, ServerListDto } from './server.dto';
import { toDefinition, toDefinitionChange, toRemoteSpec } from './to-definition';

const ID = { name: 'id', description: 'Id or name.', example: 'filesystem-mcp' };

@ApiTags('servers')
@Controller({ path: 'mcp/servers', version: '1' })
export class ServersController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: DefinitionQueries,
    private readonly cursors: Cursors,
  ) {}

  @Post()
  @RequirePermission('servers:create')
  @ApiOperation({
    operationId: 'registerServer',
    summary: 'Register a server',
    description: 'A definition to make instances from; with url a remote server and its one instance.',
  })
  @ApiCreatedResponse({ type: ServerDto })
  @ApiProblems(
    'server_invalid',
    'server_name_taken',
    'instance_name_taken',
    'instance_spec_invalid',
    'secret_ref_unknown',
    'secret_use_forbidden',
    'instance_quota_exceeded',
  )
  async register(
    @Body() body: RegisterServerDto,
    @Query() { dry_run: isDryRun = false }: DryRunQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ServerDto> {
    const { definition, instanceId } = await this.commands.execute(
      new RegisterServerCommand(toDefinition(body), toRemoteSpec(body), isDryRun),
    );
    if (isDryRun) reply.status(200);
    else reply.header('location', `/api/v1/mcp/servers/${definition.id}`);
    return presentServer(definition, {
      ...(isDryRun ? { dry_run: true } : {}),
      ...(instanceId === undefined ? {} : { instance_id: instanceId }),
    });
  }

  @Get()
  @RequirePermission('servers:read')
  @ApiOperation({
    operationId: 'listServers',
    summary: 'List server definitions',
    description: 'One page, newest first.',
  })
  @ApiOkResponse({ type: ServerListDto })
  @ApiProblems('invalid_cursor')
  async list(@Query() { limit, cursor, ...filter }: ListServersQuery): Promise<ServerListDto> {
    const bound = { list: 'servers', ...filter };
    const scope = scopeOfRequest();
    const page = await this.queries.list(scope, filter, this.cursors.startOf(cursor, bound), limit);
    const usersOf = await this.queries.usersOf(scope, page.items);
    return {
      servers: page.items.map((state) => presentServer(state, { instances: usersOf(state) })),
      next_cursor: this.cursors.nextOf(page.next, bound),
    };
  }

  @Get(':id')
  @RequirePermission('servers:read')
  @ApiOperation({
    operationId: 'getServer',
    summary: 'Read a server definition',
    description: 'Everything that is known of it.',
  })
  @ApiParam(ID)
  @ApiOkResponse({ type: ServerDto })
  @ApiProblems('server_not_found')
  async get(@Param('id') id: string): Promise<ServerDto> {
    const scope = scopeOfRequest();
    const state = await this.queries.get(scope, id);
    const usersOf = await this.queries.usersOf(scope, [state]);
    return presentServer(state, { instances: usersOf(state) });
  }

  @Patch(':id')
  @RequirePermission('servers:update')
  @UseETag()
  @ApiOperation({
    operationId: 'updateServer',
    summary: 'Change a server definition',
    description: 'A JSON merge patch. Instances keep what they copied when they were made.',
  })
  @ApiParam(ID)
  @ApiConsumes('application/merge-patch+json', 'application/json')
  @ApiBody({ type: UpdateServerDto })
  @ApiOkResponse({ type: ServerDto })
  @ApiProblems('server_invalid', 'server_name_taken', 'server_not_found', 'server_shared', 'stale_version')
  async update(
    @Param('id') id: string,
    @Body() body: UpdateServerDto,
    @Query() { dry_run: isDryRun = false }: DryRunQuery,
    @IfMatch() expected: readonly number[] | undefined,
  ): Promise<ServerDto> {
    const command = new UpdateServerCommand(
      id,
      (stored) => toDefinitionChange(body, stored),
      expected,
      isDryRun,
    );
    return presentServer(await this.commands.execute(command), isDryRun ? { dry_run: true } : {});
  }

  @Delete(':id')
  @HttpCode(204)
  @RequirePermission('servers:delete')
  @UseETag()
  @ApiOperation({
    operationId: 'deleteServer',
    summary: 'Delete a server definition',
    description: 'Refused while instances use it.',
  })
  @ApiParam(ID)
  @ApiNoContentResponse({ description: 'It is gone.' })
  @ApiProblems('server_not_found', 'server_shared', 'server_in_use', 'stale_version')
  async delete(@Param('id') id: string, @IfMatch() expected: readonly number[] | undefined): Promise<void> {
    await this.commands.execute(new DeleteServerCommand(id, expected));
  }
}
