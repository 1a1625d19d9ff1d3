import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
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
import { principalOfRequest } from '@app/telemetry';
import { PipelineChanges, type Saved } from '../pipeline-changes';
import { PipelineReader } from '../pipeline-reader';
import { type PipelineView } from '../pipeline-view';
import { PipelineBodyDto, PipelineDto, PipelinePageDto, PipelineSummaryDto, toBody } from './pipelines.dto';

export const ID = { name: 'id', description: 'Its id or its name.', example: 'data-processing-pipeline' };
/** Sealed into cursors, so that one of another list does not fit here. */
const LIST = { list: 'pipelines' } as const;

@ApiTags('pipelines')
@Controller({ path: 'pipelines', version: '1' })
export class PipelinesController {
  constructor(
    private readonly changes: PipelineChanges,
    private readonly reader: PipelineReader,
    private readonly cursors: Cursors,
  ) {}

  @Post()
  @RequirePermission('pipelines:create')
  @ApiOperation({
    operationId: 'createPipeline',
    summary: 'Define a pipeline',
    description: 'Stages and what waits for what; all that is wrong is told at once, with its place.',
  })
  @ApiCreatedResponse({ type: PipelineDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'pipeline_invalid', 'pipeline_name_taken')
  async create(@Body() body: PipelineBodyDto): Promise<PipelineDto> {
    return this.saved(await this.changes.create(principalOfRequest(), toBody(body)));
  }

  @Get()
  @RequirePermission('pipelines:read')
  @ApiOperation({
    operationId: 'listPipelines',
    summary: 'List pipelines',
    description: 'By name, page by page.',
  })
  @ApiOkResponse({ type: PipelinePageDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'invalid_cursor')
  async list(@Query() { limit, cursor }: ListQuery): Promise<PipelinePageDto> {
    const page = await this.reader.page(principalOfRequest(), this.cursors.startOf(cursor, LIST), limit);
    return {
      pipelines: page.items.map(PipelineSummaryDto.from),
      next_cursor: this.cursors.nextOf(page.next, LIST),
    };
  }

  @Get(':id')
  @ApiParam(ID)
  @RequirePermission('pipelines:read')
  @ApiOperation({
    operationId: 'getPipeline',
    summary: 'Read a pipeline',
    description: 'Its newest version, with everything said that was left out.',
  })
  @ApiOkResponse({ type: PipelineDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'pipeline_unknown')
  async get(@Param('id') id: string): Promise<PipelineDto> {
    return show(await this.reader.get(principalOfRequest(), id));
  }

  @Put(':id')
  @ApiParam(ID)
  @UseETag({ required: true })
  @RequirePermission('pipelines:update')
  @ApiOperation({
    operationId: 'replacePipeline',
    summary: 'Make a new version of a pipeline',
    description: 'The old version stays as it is; runs that have begun keep it.',
  })
  @ApiOkResponse({ type: PipelineDto })
  @ApiProblems(
    'unauthenticated',
    'permission_denied',
    'pipeline_unknown',
    'pipeline_invalid',
    'pipeline_name_taken',
    'stale_version',
    'precondition_required',
  )
  async replace(
    @Param('id') id: string,
    @Body() body: PipelineBodyDto,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<PipelineDto> {
    const change = { body: toBody(body), demandVersion: demand(expected) };
    return this.saved(await this.changes.replace(principalOfRequest(), id, change));
  }

  @Delete(':id')
  @ApiParam(ID)
  @HttpCode(204)
  @UseETag()
  @RequirePermission('pipelines:delete')
  @ApiOperation({
    operationId: 'deletePipeline',
    summary: 'Delete a pipeline',
    description: 'Its schedules go with it; its runs go on, and stay readable.',
  })
  @ApiNoContentResponse()
  @ApiProblems('unauthenticated', 'permission_denied', 'pipeline_unknown', 'pipeline_in_use', 'stale_version')
  async remove(@Param('id') id: string, @IfMatch() expected: ExpectedVersions): Promise<void> {
    await this.changes.remove(principalOfRequest(), id, demand(expected));
  }

  private async saved({ id, warnings }: Saved): Promise<PipelineDto> {
    const view = await this.reader.of(id);
    return withRowVersion(PipelineDto.from(view, warnings), view.rowVersion);
  }
}

const show = (view: PipelineView): PipelineDto => withRowVersion(PipelineDto.from(view), view.rowVersion);

const demand =
  (expected: ExpectedVersions) =>
  (rowVersion: number): void => {
    assertVersion(expected, rowVersion);
  };
