import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, Cursors, RequirePermission, WaitQuery } from '@app/http';
import { principalOfRequest } from '@app/telemetry';
import { PipelineAccess } from '../../definitions';
import { ownerOfRequest } from '../../engine/run-owner';
import { RunReader } from '../run-reader';
import { RunStarter } from '../run-starter';
import { RunWaiter } from '../run-waiter';
import { presentStarted, presentSummary } from './present-run';
import { RunPageDto, StartedRunDto } from './run.dto';
import { ExecuteDto, RunListQuery } from './run-requests.dto';

const PIPELINE = {
  name: 'id',
  description: 'Id or name of the pipeline.',
  example: 'data-processing-pipeline',
};

@ApiTags('runs')
@Controller({ path: 'pipelines', version: '1' })
export class PipelineRunsController {
  constructor(
    private readonly access: PipelineAccess,
    private readonly starter: RunStarter,
    private readonly waiter: RunWaiter,
    private readonly reader: RunReader,
    private readonly cursors: Cursors,
  ) {}

  @Post(':id/execute')
  @HttpCode(202)
  @ApiParam(PIPELINE)
  @RequirePermission('pipelines:execute')
  @ApiOperation({
    operationId: 'executePipeline',
    summary: 'Run a pipeline',
    description:
      'The run is written down with everything it needs, and begun by a worker. Its tool calls have the rights that whoever starts it has at the time of each call.',
  })
  @ApiAcceptedResponse({ type: StartedRunDto })
  @ApiProblems('pipeline_unknown', 'pipeline_version_unknown', 'run_input_too_large', 'run_input_invalid')
  async execute(
    @Param('id') id: string,
    @Body() body: ExecuteDto,
    @Query() { wait }: WaitQuery,
  ): Promise<StartedRunDto> {
    const { id: pipeline } = await this.access.demand(principalOfRequest(), 'pipelines:execute', id);
    const { input_data: input = {}, parameters = {}, notification, version } = body;
    const request = { pipeline, input, parameters, version, cause: 'api' as const };
    const { runId } = await this.starter.start(ownerOfRequest(), { ...request, notification });
    return presentStarted(await this.waiter.wait(runId, wait ?? 0));
  }

  @Get(':id/runs')
  @ApiParam(PIPELINE)
  @RequirePermission('pipelines:read')
  @ApiOperation({
    operationId: 'listPipelineRuns',
    summary: 'List the runs of a pipeline',
    description: 'The newest first, page by page.',
  })
  @ApiOkResponse({ type: RunPageDto })
  @ApiProblems('pipeline_unknown', 'invalid_cursor')
  async list(@Param('id') id: string, @Query() query: RunListQuery): Promise<RunPageDto> {
    const principal = principalOfRequest();
    const { id: pipelineId } = await this.access.demand(principal, 'pipelines:read', id);
    const { workspaceId } = principal;
    const filter = { pipelineId, status: query.status ?? null };
    const after = this.cursors.startOf(query.cursor, filter);
    const { items, next } = await this.reader.page({ ...filter, workspaceId }, after, query.limit);
    return { runs: items.map(presentSummary), next_cursor: this.cursors.nextOf(next, filter) };
  }
}
