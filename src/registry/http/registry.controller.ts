import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, Cursors, RequirePermission } from '@app/http';
import { StoredSettings } from '../../settings';
import { RegistryBrowser } from '../mirror/registry-browser';
import { PublishedRegistry } from '../serving/published-registry';
import {
  EntryDto,
  EntryListDto,
  ListEntriesQuery,
  presentEntry,
  presentMirror,
  presentSummary,
  RegistryDto,
} from './registry.dto';

const NAME = {
  name: 'name',
  description: 'Name of the server, its slash written as %2F.',
  example: 'io.github.example/weather',
};

/** The other way round: servers of another registry, browsed here and taken over with an import. */
@ApiTags('registry')
@Controller({ path: 'registry', version: '1' })
export class RegistryController {
  constructor(
    private readonly browser: RegistryBrowser,
    private readonly published: PublishedRegistry,
    private readonly settings: StoredSettings,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @RequirePermission('servers:read')
  @ApiOperation({
    operationId: 'getRegistry',
    summary: 'How the registry is served, and how old the copy is',
    description:
      'Both directions: who may read what is published here, and the other registry that is copied.',
  })
  @ApiOkResponse({ type: RegistryDto })
  @ApiProblems()
  async get(): Promise<RegistryDto> {
    const { publicUrl: url, namespace } = this.published.place;
    const mirror = presentMirror(this.browser.url, await this.browser.state());
    return { access: this.settings.get('registry_access'), url, namespace, mirror };
  }

  @Post('refresh')
  @HttpCode(202)
  @RequirePermission('servers:create')
  @ApiOperation({
    operationId: 'refreshRegistry',
    summary: 'Copy the other registry now',
    description: 'Otherwise that happens once an hour. GET /api/v1/registry tells how it goes.',
  })
  @ApiAcceptedResponse({ type: RegistryDto, description: 'The look has begun, or one is under way.' })
  @ApiProblems('registry_not_configured')
  async refresh(): Promise<RegistryDto> {
    await this.browser.refresh();
    return this.get();
  }

  @Get('entries')
  @RequirePermission('servers:read')
  @ApiOperation({
    operationId: 'listRegistryEntries',
    summary: 'List servers of the other registry',
    description: 'From the copy, which is there also while that registry is not.',
  })
  @ApiOkResponse({ type: EntryListDto })
  @ApiProblems('invalid_cursor')
  async list(@Query() { limit, cursor, q, kind }: ListEntriesQuery): Promise<EntryListDto> {
    const bound = { list: 'registry', q, kind };
    const page = await this.browser.page({ q, kind }, limit, this.cursors.startOf(cursor, bound));
    return {
      entries: page.items.map(presentSummary),
      next_cursor: this.cursors.nextOf(page.next, bound),
    };
  }

  @Get('entries/:name')
  @RequirePermission('servers:read')
  @ApiOperation({
    operationId: 'getRegistryEntry',
    summary: 'Read a server of the other registry',
    description: 'With its server.json, which POST /api/v1/imports takes as content.',
  })
  @ApiParam(NAME)
  @ApiOkResponse({ type: EntryDto })
  @ApiProblems('registry_entry_unknown')
  async entry(@Param('name') name: string): Promise<EntryDto> {
    return presentEntry(await this.browser.get(name));
  }
}
