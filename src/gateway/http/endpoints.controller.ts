import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import {
  ApiProblems,
  assertVersion,
  Cursors,
  type ExpectedVersions,
  IfMatch,
  ListQuery,
  RequirePermission,
  UseETag,
  withRowVersion,
} from '@app/http';
import { scopeOfRequest } from '@app/telemetry';
import {
  CreateEndpointCommand,
  DeleteEndpointCommand,
  UpdateEndpointCommand,
} from '../commands/endpoint.commands';
import { type EndpointContent } from '../domain/virtual-endpoint';
import { GatewayOptions } from '../gateway.options';
import { GetEndpointQuery, ListEndpointsQuery } from '../queries/endpoint.queries';
import { type EndpointView } from '../queries/endpoint-view';
import { RoutingTable } from '../routing/routing-table';
import { CreateEndpointDto, EndpointDto, EndpointPageDto, UpdateEndpointDto } from './endpoints.dto';

const NAME = { name: 'name', description: 'Its name.', example: 'reading-only' };

@ApiTags('endpoints')
@Controller({ path: 'mcp/endpoints', version: '1' })
export class EndpointsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly cursors: Cursors,
    private readonly table: RoutingTable,
    private readonly options: GatewayOptions,
  ) {}

  @Post()
  @RequirePermission('endpoints:create')
  @ApiOperation({
    operationId: 'createEndpoint',
    summary: 'Put chosen tools of chosen instances under one name',
    description:
      'Tool policies are bound to an instance and its own name of the tool: renaming never detaches them.',
  })
  @ApiCreatedResponse({ type: EndpointDto })
  @ApiProblems(
    'unauthenticated',
    'permission_denied',
    'endpoint_name_taken',
    'endpoint_invalid',
    'database_unavailable',
  )
  async create(@Body() { name, ...body }: CreateEndpointDto): Promise<EndpointDto> {
    await this.commands.execute(new CreateEndpointCommand(name, { ...DEFAULTS, ...contentOf(body) }));
    return this.get(name);
  }

  @Get()
  @RequirePermission('endpoints:read')
  @ApiOperation({
    operationId: 'listEndpoints',
    summary: 'List the virtual endpoints',
    description: 'By name, page by page.',
  })
  @ApiOkResponse({ type: EndpointPageDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'invalid_cursor', 'database_unavailable')
  async list(@Query() { limit, cursor }: ListQuery): Promise<EndpointPageDto> {
    const page = await this.queries.execute(
      new ListEndpointsQuery(limit, this.cursors.startOf(cursor, LIST)),
    );
    return {
      endpoints: page.items.map((view) => this.show(view)),
      next_cursor: this.cursors.nextOf(page.next, LIST),
    };
  }

  @Get(':name')
  @ApiParam(NAME)
  @RequirePermission('endpoints:read')
  @ApiOperation({
    operationId: 'getEndpoint',
    summary: 'Get a virtual endpoint',
    description: 'By its name.',
  })
  @ApiOkResponse({ type: EndpointDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'endpoint_unknown', 'database_unavailable')
  async get(@Param('name') name: string): Promise<EndpointDto> {
    return this.show(await this.queries.execute(new GetEndpointQuery(name)));
  }

  @Patch(':name')
  @ApiParam(NAME)
  @UseETag()
  @RequirePermission('endpoints:update')
  @ApiOperation({
    operationId: 'updateEndpoint',
    summary: 'Change a virtual endpoint',
    description: 'What is sent replaces what was; tools as a whole.',
  })
  @ApiOkResponse({ type: EndpointDto })
  @ApiProblems(
    'unauthenticated',
    'permission_denied',
    'endpoint_unknown',
    'endpoint_invalid',
    'stale_version',
  )
  async update(
    @Param('name') name: string,
    @Body() body: UpdateEndpointDto,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<EndpointDto> {
    await this.commands.execute(new UpdateEndpointCommand(name, contentOf(body), demand(expected)));
    return this.get(name);
  }

  @Delete(':name')
  @ApiParam(NAME)
  @HttpCode(204)
  @UseETag()
  @RequirePermission('endpoints:delete')
  @ApiOperation({
    operationId: 'deleteEndpoint',
    summary: 'Delete a virtual endpoint',
    description: 'Its instances stay as they are.',
  })
  @ApiNoContentResponse()
  @ApiProblems(
    'unauthenticated',
    'permission_denied',
    'endpoint_unknown',
    'stale_version',
    'database_unavailable',
  )
  async remove(@Param('name') name: string, @IfMatch() expected: ExpectedVersions): Promise<void> {
    await this.commands.execute(new DeleteEndpointCommand(name, demand(expected)));
  }

  private show(view: EndpointView): EndpointDto {
    const scope = scopeOfRequest();
    const missing = view.instances.filter((name) => this.table.find(scope, name) === undefined);
    const url = `${this.options.publicUrl}/endpoints/${view.name}/mcp`;
    return withRowVersion(EndpointDto.from(view, url, missing), view.rowVersion);
  }
}

const DEFAULTS: EndpointContent = { description: '', instances: [], tools: {}, prefix: 'auto' };
/** Sealed into cursors, so that one of another list does not fit here. */
const LIST = { list: 'endpoints' } as const;

const demand =
  (expected: ExpectedVersions) =>
  (rowVersion: number): void => {
    assertVersion(expected, rowVersion);
  };

/** Only what was sent; an absent member changes nothing. */
function contentOf({ description, instances, tools, prefix }: UpdateEndpointDto): Partial<EndpointContent> {
  return {
    ...(description === undefined ? {} : { description }),
    ...(instances === undefined ? {} : { instances }),
    ...(tools === undefined ? {} : { tools }),
    ...(prefix === undefined ? {} : { prefix }),
  };
}
