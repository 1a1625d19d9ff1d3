import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { principalOfRequest } from '@app/telemetry';
import { RunAccess } from '../run-access';
import { RunReader } from '../run-reader';
import { RunStages } from '../run-stages';
import { WhyARunWaits } from '../why-a-run-waits';
import { ComparisonDto } from './compare.dto';
import { type ComparedRun, presentComparison, presentRun, presentStage } from './present-run';
import { RUN_ID, RunDto, RunStageDto } from './run.dto';
import { StagePathDto } from './run-requests.dto';

/** Of each of two runs that are compared: more than people look at, and small enough for memory. */
const COMPARED_MAX_BYTES = 4 * 1_024 * 1_024;

@ApiTags('runs')
@Controller({ path: 'runs', version: '1' })
export class RunsController {
  constructor(
    private readonly access: RunAccess,
    private readonly reader: RunReader,
    private readonly stages: RunStages,
    private readonly why: WhyARunWaits,
  ) {}

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
    return presentRun({ ...run, stages, waitingFor });
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
    return presentStage(await this.reader.stage(run.id, position));
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
