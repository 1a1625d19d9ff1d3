import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, Cursors, RequirePermission } from '@app/http';
import { principalOfRequest } from '@app/telemetry';
import { PipelineVersions } from '../../definitions';
import { RunAccess } from '../run-access';
import { RunReader } from '../run-reader';
import { RunStages } from '../run-stages';
import { WhyARunWaits } from '../why-a-run-waits';
import { ComparisonDto } from './compare.dto';
import {
  type ComparedRun,
  plannedAt,
  presentComparison,
  presentRun,
  presentStage,
  presentSummary,
} from './present-run';
import { RUN_ID, RunDto, RunPageDto, RunStageDto } from './run.dto';
import { RunListQuery, StagePathDto } from './run-requests.dto';

/** Of each of two runs that are compared: more than people look at, and small enough for memory. */
const COMPARED_MAX_BYTES = 4 * 1_024 * 1_024;

@ApiTags('runs')
@Controller({ path: 'runs', version: '1' })
export class RunsController {
  // eslint-disable-next-line max-params -- A constructor that is called by the container; each part is one word here.
  constructor(
    private readonly access: RunAccess,
    private readonly reader: RunReader,
    private readonly stages: RunStages,
    private readonly why: WhyARunWaits,
    private readonly versions: PipelineVersions,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @RequirePermission('pipelines:read')
  @ApiOperation({
    operationId: 'listRuns',
    summary: 'List runs',
    description: 'Of all pipelines that the caller may see, the newest first.',
  })
  @ApiOkResponse({ type: RunPageDto })
  @ApiProblems('invalid_cursor')
  async list(@Query() query: RunListQuery): Promise<RunPageDto> {
    const principal = principalOfRequest();
    const filter = { pipelineId: null, status: query.status ?? null };
    const reach = { workspaceId: principal.workspaceId, without: this.access.closedTo(principal) };
    const after = this.cursors.startOf(query.cursor, filter);
    const { items, next } = await this.reader.page({ ...filter, ...reach }, after, query.limit);
    return { runs: items.map(presentSummary), next_cursor: this.cursors.nextOf(next, filter) };
  }

  @Get(':id')
  @ApiParam({ name: 'id', description: 'Id of the run.', example: RUN_ID })
  @RequirePermission('pipelines:read')
  @ApiOperation({
    operationId: 'getRun',
    summary: 'Read a run',
    description: 'With its stages, their attempts, what they were given and gave, and what it waits for.',
  })
  @ApiOkResponse({ type: RunDto })
  @ApiProblems('run_unknown')
  async get(@Param('id') id: string): Promise<RunDto> {
    const principal = principalOfRequest();
    const { run, stages } = await this.read(id);
    const waitingFor = await this.why.explain(principal, run, stages);
    const { definition } = await this.versions.pinned(run.pipelineId, run.version);
    return presentRun({ ...run, stages, waitingFor }, definition);
  }

  @Get(':id/stages/:stage')
  @RequirePermission('pipelines:read')
  @ApiOperation({
    operationId: 'getRunStage',
    summary: 'Read a stage of a run',
    description: 'With its whole input and output, however much the run holds.',
  })
  @ApiOkResponse({ type: RunStageDto })
  @ApiProblems('run_unknown', 'stage_unknown')
  async stage(@Param() { id, stage }: StagePathDto): Promise<RunStageDto> {
    const run = await this.access.demand(principalOfRequest(), 'pipelines:read', id);
    const { position } = await this.stages.find(run.id, stage);
    const { definition } = await this.versions.pinned(run.pipelineId, run.version);
    return presentStage(await this.reader.stage(run.id, position), plannedAt(definition, position));
  }

  @Get(':id/compare/:other')
  @ApiParam({ name: 'id', description: 'Id of the first run.', example: RUN_ID })
  @ApiParam({ name: 'other', description: 'Id of the second run.', example: RUN_ID })
  @RequirePermission('pipelines:read')
  @ApiOperation({
    operationId: 'compareRuns',
    summary: 'Compare two runs',
    description:
      'Stage beside stage, by name: how they ended, how long they took, and where inputs and outputs differ.',
  })
  @ApiOkResponse({ type: ComparisonDto })
  @ApiProblems('run_unknown')
  async compare(@Param('id') id: string, @Param('other') other: string): Promise<ComparisonDto> {
    return presentComparison(
      await this.read(id, COMPARED_MAX_BYTES),
      await this.read(other, COMPARED_MAX_BYTES),
    );
  }

  private async read(id: string, shownMaxBytes?: number): Promise<ComparedRun> {
    const found = await this.access.demand(principalOfRequest(), 'pipelines:read', id);
    const run = await this.reader.content(found.id);
    return { run, stages: await this.reader.stages(found.id, shownMaxBytes) };
  }
}
