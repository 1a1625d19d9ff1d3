import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { principalOfRequest } from '@app/telemetry';
import { Approvals } from '../approvals';
import { RunAccess } from '../run-access';
import { Reruns, RunCommands } from '../run-commands';
import { RunReader } from '../run-reader';
import { presentStarted } from './present-run';
import { RUN_ID, StartedRunDto } from './run.dto';
import { CancelRunDto, RerunDto, StageDecisionDto, StagePathDto } from './run-requests.dto';

const ID = { name: 'id', description: 'Id of the run.', example: RUN_ID };

@ApiTags('runs')
@Controller({ path: 'runs', version: '1' })
export class RunActionsController {
  constructor(
    private readonly access: RunAccess,
    private readonly commands: RunCommands,
    private readonly reruns: Reruns,
    private readonly approvals: Approvals,
    private readonly reader: RunReader,
  ) {}

  @Post(':id/cancel')
  @HttpCode(202)
  @ApiParam(ID)
  @RequirePermission('pipelines:execute')
  @ApiOperation({
    operationId: 'cancelRun',
    summary: 'Cancel a run',
    description:
      'Nothing further begins. Tasks and inner runs under way are asked to end; the run is cancelled when they have. Asked again, it is the same cancel.',
  })
  @ApiAcceptedResponse({ type: StartedRunDto })
  @ApiProblems('run_unknown', 'run_over')
  async cancel(@Param('id') id: string, @Body() { reason }: CancelRunDto): Promise<StartedRunDto> {
    const principal = principalOfRequest();
    const run = await this.access.demand(principal, 'pipelines:execute', id);
    await this.commands.cancel(principal, run.id, reason ?? `Cancelled by ${principal.name}.`);
    return this.present(run.id);
  }

  @Post(':id/rerun')
  @HttpCode(202)
  @ApiParam(ID)
  @RequirePermission('pipelines:execute')
  @ApiOperation({
    operationId: 'rerunRun',
    summary: 'Run again, whole or from a stage on',
    description:
      'A new run of the same version. From a stage on, the outputs of the stages that need not be run again are taken over.',
  })
  @ApiAcceptedResponse({ type: StartedRunDto })
  @ApiProblems(
    ...['run_unknown', 'run_not_over', 'stage_unknown', 'pipeline_unknown', 'run_input_too_large'],
    'run_input_invalid',
  )
  async rerun(@Param('id') id: string, @Body() body: RerunDto): Promise<StartedRunDto> {
    const wish = { fromStage: body.from_stage, input: body.input, parameters: body.parameters };
    const { runId } = await this.reruns.rerun(principalOfRequest(), id, wish);
    return this.present(runId);
  }

  @Post(':id/stages/:stage/approve')
  @HttpCode(200)
  @RequirePermission('pipelines:approve')
  @ApiOperation({
    operationId: 'approveStage',
    summary: 'Let a run go on',
    description: 'Only a stage that waits for approval. Who and why become its output.',
  })
  @ApiOkResponse({ type: StartedRunDto })
  @ApiProblems('run_unknown', 'stage_unknown', 'stage_not_waiting', 'approver_not_named')
  approve(@Param() path: StagePathDto, @Body() { comment = '' }: StageDecisionDto): Promise<StartedRunDto> {
    return this.decide(path, { decision: 'approved', comment });
  }

  @Post(':id/stages/:stage/reject')
  @HttpCode(200)
  @RequirePermission('pipelines:approve')
  @ApiOperation({
    operationId: 'rejectStage',
    summary: 'Do not let a run go on',
    description: 'The stage fails, and what its on_failure says happens.',
  })
  @ApiOkResponse({ type: StartedRunDto })
  @ApiProblems('run_unknown', 'stage_unknown', 'stage_not_waiting', 'approver_not_named')
  reject(@Param() path: StagePathDto, @Body() { comment = '' }: StageDecisionDto): Promise<StartedRunDto> {
    return this.decide(path, { decision: 'rejected', comment });
  }

  private async decide(
    { id, stage }: StagePathDto,
    what: Parameters<Approvals['decide']>[3],
  ): Promise<StartedRunDto> {
    await this.approvals.decide(principalOfRequest(), id, stage, what);
    return this.present(id);
  }

  private async present(runId: string): Promise<StartedRunDto> {
    return presentStarted(await this.reader.summary(runId));
  }
}
