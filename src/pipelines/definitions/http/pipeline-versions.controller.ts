import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, Cursors, ListQuery, RequirePermission } from '@app/http';
import { principalOfRequest } from '@app/telemetry';
import { PipelineReader } from '../pipeline-reader';
import { ID } from './pipelines.controller';
import { VersionDto, VersionPageDto, VersionSummaryDto } from './pipelines.dto';

@ApiTags('pipelines')
@Controller({ path: 'pipelines/:id/versions', version: '1' })
export class PipelineVersionsController {
  constructor(
    private readonly reader: PipelineReader,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @ApiParam(ID)
  @RequirePermission('pipelines:read')
  @ApiOperation({
    operationId: 'listPipelineVersions',
    summary: 'List the versions of a pipeline',
    description: 'Newest first. None of them ever changes.',
  })
  @ApiOkResponse({ type: VersionPageDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'pipeline_unknown', 'invalid_cursor')
  async list(@Param('id') id: string, @Query() { limit, cursor }: ListQuery): Promise<VersionPageDto> {
    const bound = { list: 'pipeline versions', pipeline: id };
    const after = this.cursors.startOf(cursor, bound);
    const page = await this.reader.versions(principalOfRequest(), id, { after, limit });
    return {
      versions: page.items.map(VersionSummaryDto.from),
      next_cursor: this.cursors.nextOf(page.next, bound),
    };
  }

  @Get(':version')
  @ApiParam(ID)
  @ApiParam({ name: 'version', description: 'Counted from 1.', example: 1, type: 'integer' })
  @RequirePermission('pipelines:read')
  @ApiOperation({
    operationId: 'getPipelineVersion',
    summary: 'Read one version of a pipeline',
    description: 'As it was saved.',
  })
  @ApiOkResponse({ type: VersionDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'pipeline_unknown', 'pipeline_version_unknown')
  async get(@Param('id') id: string, @Param('version') version: string): Promise<VersionDto> {
    return VersionDto.of(await this.reader.version(principalOfRequest(), id, numberOf(version)));
  }
}

/** What is no number of a version is that of none. */
const numberOf = (text: string): number => (/^[1-9]\d{0,8}$/.test(text) ? Number(text) : 0);
