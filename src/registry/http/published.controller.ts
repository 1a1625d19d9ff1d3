import { Controller, Get, Param, Query, VERSION_NEUTRAL } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, Cursors, OpenWhile, RequirePermission } from '@app/http';
import { PublishedRegistry } from '../serving/published-registry';
import { ListPublishedQuery, PublishedListDto, PublishedServerDto } from './published.dto';

const NAME = {
  name: 'name',
  description: 'Name of the server, its slash written as %2F.',
  example: 'com.example.quayside/weather',
};
const VERSION = { name: 'version', description: 'A version, or latest.', example: 'latest' };
const LATEST = 'latest';

/** The MCP registry API: what runs here, for clients that look servers up in a registry. */
@ApiTags('registry')
@Controller({ path: 'v0.1/servers', version: VERSION_NEUTRAL })
@OpenWhile('registry_access', 'public')
@RequirePermission('servers:read')
export class PublishedController {
  constructor(
    private readonly registry: PublishedRegistry,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listPublishedServers',
    summary: 'Registry API: list servers',
    description:
      'Running instances and endpoints that the caller may see, as the MCP registry lists servers. While the setting registry_access is public, everybody sees those that were published.',
  })
  @ApiOkResponse({ type: PublishedListDto })
  @ApiProblems('registry_off', 'invalid_cursor')
  async list(@Query() query: ListPublishedQuery): Promise<PublishedListDto> {
    const { limit, cursor, search, version, updated_since: updatedSince } = query;
    const bound = { list: 'published', search, version, updatedSince };
    const { entries, next } = await this.registry.list({
      ...{ search, updatedSince, limit, after: this.cursors.startOf(cursor, bound)?.id ?? '' },
      version: version === LATEST ? undefined : version,
    });
    const position = next === undefined ? null : { sort: next, id: next };
    const nextCursor = this.cursors.nextOf(position, bound);
    return pageOf(entries.map(PublishedServerDto.from), nextCursor ?? undefined);
  }

  @Get(':name/versions')
  @ApiOperation({
    operationId: 'listPublishedVersions',
    summary: 'Registry API: list versions of a server',
    description: 'The one that runs: earlier ones are gone.',
  })
  @ApiParam(NAME)
  @ApiOkResponse({ type: PublishedListDto })
  @ApiProblems('registry_off', 'registry_server_unknown')
  async versions(@Param('name') name: string): Promise<PublishedListDto> {
    return pageOf([PublishedServerDto.from(await this.registry.get(name))]);
  }

  @Get(':name/versions/:version')
  @ApiOperation({
    operationId: 'getPublishedVersion',
    summary: 'Registry API: read a version of a server',
    description: 'By its version, or latest.',
  })
  @ApiParam(NAME)
  @ApiParam(VERSION)
  @ApiOkResponse({ type: PublishedServerDto })
  @ApiProblems('registry_off', 'registry_server_unknown', 'registry_version_unknown')
  async version(@Param('name') name: string, @Param('version') version: string): Promise<PublishedServerDto> {
    return PublishedServerDto.from(await this.registry.get(name, version === LATEST ? undefined : version));
  }
}

const pageOf = (servers: readonly PublishedServerDto[], nextCursor?: string): PublishedListDto => ({
  servers,
  metadata: { count: servers.length, ...(nextCursor === undefined ? {} : { nextCursor }) },
});
