import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import {
  ApiAcceptedResponse,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { ApiProblems, RequirePermission, WaitQuery } from '@app/http';
import { type JsonObject } from '@app/kernel';
import { type FastifyReply } from 'fastify';
import { InstanceScopes } from '../access/instance-scopes';
import { AskInstanceCommand, CreateInstanceCommand } from '../commands/instance.commands';
import { InstanceQueries } from '../queries/instance-queries';
import { ContainerServiceDto, CreateContainerDto } from './container.dto';
import { DONE, InstanceAnswers } from './instance-answers';
import { type InstanceDto } from './instance.dto';
import { callerOfRequest } from '../commands/caller-of-request';
import { toInstanceDraft } from './to-instance-draft';

const SERVICE = { name: 'service', description: 'Name or id.', example: 'my-service' };

/** The provisioner's own API as the required documents print it: the same commands in other words. */
@ApiTags('containers')
@Controller({ path: 'mcp/containers', version: '1' })
export class ContainersController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: InstanceQueries,
    private readonly answers: InstanceAnswers,
    private readonly scopes: InstanceScopes,
  ) {}

  @Post()
  @RequirePermission('containers:create')
  @ApiOperation({
    operationId: 'createContainer',
    summary: 'Create a service from a template',
    description: 'An instance under another name; it starts asynchronously.',
  })
  @ApiCreatedResponse({ type: ContainerServiceDto })
  @ApiProblems(
    'template_unknown',
    'instance_spec_invalid',
    'instance_spec_unknown_field',
    'instance_env_missing',
    'secret_ref_unknown',
    'secret_use_forbidden',
    'instance_name_taken',
    'instance_quota_exceeded',
  )
  async create(
    @Body() body: CreateContainerDto,
    @Query() query: WaitQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ContainerServiceDto> {
    const { port, resources, ...rest } = body;
    const spec = {
      ...(port === undefined ? {} : { port }),
      ...(resources === undefined ? {} : { resources }),
    } as JsonObject;
    const draft = { ...toInstanceDraft({ ...rest, json_spec: spec }), pointers: inWordsOfTheRequest };
    const accepted = await this.commands.execute(new CreateInstanceCommand(draft, callerOfRequest(), false));
    const instance = await this.answers.created(accepted, {}, query, reply);
    reply.header('location', `/api/v1/mcp/containers/${instance.name}`);
    return present(instance);
  }

  @Get(':service')
  @RequirePermission('containers:read')
  @ApiOperation({
    operationId: 'getContainer',
    summary: 'Read a service',
    description: 'Its status, its container and its address.',
  })
  @ApiParam(SERVICE)
  @ApiOkResponse({ type: ContainerServiceDto })
  @ApiProblems('instance_not_found')
  async get(@Param('service') service: string): Promise<ContainerServiceDto> {
    return present(
      this.answers.present(await this.queries.get(this.scopes.ofRequest('containers:read'), service)),
    );
  }

  @Delete(':service')
  @HttpCode(202)
  @RequirePermission('containers:delete')
  @ApiOperation({
    operationId: 'deleteContainer',
    summary: 'Delete a service',
    description: 'It goes with its container, its network and its secrets.',
  })
  @ApiParam(SERVICE)
  @ApiAcceptedResponse({ type: ContainerServiceDto })
  @ApiOkResponse({ type: ContainerServiceDto, description: DONE })
  @ApiProblems('instance_not_found')
  async delete(
    @Param('service') service: string,
    @Query() query: WaitQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ContainerServiceDto> {
    const accepted = await this.commands.execute(
      new AskInstanceCommand('delete', service, undefined, false, 'containers:delete'),
    );
    return present(await this.answers.changed(accepted, query, reply));
  }
}

/** This request has the members of json_spec beside its own. */
const inWordsOfTheRequest = (pointer: string): string => pointer.replace(/^\/json_spec(?=\/)/, '');

function present({
  name,
  status,
  reason,
  endpoint,
  container,
  json_spec: spec,
  operation_id: operationId,
}: InstanceDto): ContainerServiceDto {
  const wanted = 'port' in spec && typeof spec.port === 'number' ? spec.port : null;
  return {
    service_name: name,
    ...(container === undefined ? {} : { container_id: container.id }),
    status,
    reason,
    url: endpoint,
    port: container?.port ?? wanted,
    ...(operationId === undefined ? {} : { operation_id: operationId }),
  };
}
