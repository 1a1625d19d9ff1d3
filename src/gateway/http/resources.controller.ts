import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { Discovery } from '../calls/discovery';
import { Readings } from '../calls/readings';
import { CallerGone } from './caller-gone';
import { DegradedDto } from './degraded.dto';
import { ResourceTemplateDto, ResourceTemplateListDto } from './resource-templates.dto';
import { ReadResourceDto, ResourceContentsDto, ResourceDto, ResourceListDto } from './resources.dto';
import { ServerNameQuery } from './server-name.query';

@ApiTags('resources')
@Controller({ path: 'mcp/resources', version: '1' })
export class ResourcesController {
  constructor(
    private readonly discovery: Discovery,
    private readonly readings: Readings,
  ) {}

  @Get()
  @RequirePermission('resources:read')
  @ApiOperation({
    operationId: 'listResources',
    summary: 'The resources of all servers, or of one',
    description: 'A server that is down is named under degraded and hides nothing of the others.',
  })
  @ApiOkResponse({ type: ResourceListDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'server_unknown', 'routing_unavailable')
  async list(@Query() { server_name: serverName }: ServerNameQuery): Promise<ResourceListDto> {
    const { items, degraded } = await this.discovery.list('resources', serverName);
    return { resources: items.map(ResourceDto.from), degraded: degraded.map(DegradedDto.from) };
  }

  @Get('templates')
  @RequirePermission('resources:read')
  @ApiOperation({
    operationId: 'listResourceTemplates',
    summary: 'The resource templates of all servers, or of one',
    description:
      'Addresses with places to fill in: what comes of that is read like any other resource. A server that is down is named under degraded and hides nothing of the others.',
  })
  @ApiOkResponse({ type: ResourceTemplateListDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'server_unknown', 'routing_unavailable')
  async templates(@Query() { server_name: serverName }: ServerNameQuery): Promise<ResourceTemplateListDto> {
    const { items, degraded } = await this.discovery.list('templates', serverName);
    return {
      resource_templates: items.map(ResourceTemplateDto.from),
      degraded: degraded.map(DegradedDto.from),
    };
  }

  @Post('read')
  @HttpCode(200)
  @RequirePermission('resources:read')
  @ApiOperation({
    operationId: 'readResource',
    summary: 'Read a resource',
    description: 'The contents as the server gives them: text, or base64 in blob.',
  })
  @ApiOkResponse({ type: ResourceContentsDto })
  @ApiProblems(
    ...['unauthenticated', 'permission_denied', 'server_unknown', 'server_not_running', 'upstream_waiting'],
    'resource_unknown',
    ...[
      'upstream_unreachable',
      'upstream_protocol_error',
      'upstream_refused',
      'upstream_timeout',
      'circuit_open',
    ],
    ...['upstream_busy', 'upstream_auth_failed', 'too_many_in_flight', 'routing_unavailable'],
  )
  async read(@Body() body: ReadResourceDto, @CallerGone() signal: AbortSignal): Promise<ResourceContentsDto> {
    const { server_name: name, uri } = body;
    const contents = await this.readings.resource(name, uri, signal);
    return { server_name: name, uri, contents };
  }
}
