import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { principalOfRequest } from '@app/telemetry';
import { DefinitionChecks, type Judged } from '../definition-checks';
import { PipelineAccess } from '../pipeline-access';
import { READY_MADE } from '../ready-made';
import { ID } from './pipelines.controller';
import { PipelineBodyDto, ReadyMadeListDto, toBody, ValidityDto } from './pipelines.dto';

/** Mounted before the routes that take a name, which these words are not. */
@ApiTags('pipelines')
@Controller({ path: 'pipelines', version: '1' })
export class PipelineChecksController {
  constructor(
    private readonly checks: DefinitionChecks,
    private readonly access: PipelineAccess,
  ) {}

  @Get('templates')
  @RequirePermission('pipelines:read')
  @ApiOperation({
    operationId: 'listPipelineTemplates',
    summary: 'List pipelines to begin with',
    description: 'Each can be sent as it is; the process with six stages is one.',
  })
  @ApiOkResponse({ type: ReadyMadeListDto })
  @ApiProblems('unauthenticated', 'permission_denied')
  templates(): ReadyMadeListDto {
    return { templates: READY_MADE };
  }

  @Post('validate')
  @HttpCode(200)
  @RequirePermission('pipelines:read')
  @ApiOperation({
    operationId: 'validatePipeline',
    summary: 'Check a pipeline without saving it',
    description: 'The same checks as when it is saved, but for whether its name is free.',
  })
  @ApiOkResponse({ type: ValidityDto })
  @ApiProblems('unauthenticated', 'permission_denied')
  async validate(@Body() body: PipelineBodyDto): Promise<ValidityDto> {
    return told(await this.checks.judge(principalOfRequest(), toBody(body)));
  }

  @Post(':id/validate')
  @HttpCode(200)
  @ApiParam(ID)
  @RequirePermission('pipelines:read')
  @ApiOperation({
    operationId: 'validatePipelineChange',
    summary: 'Check a new version of a pipeline without saving it',
    description: 'Knows which pipeline it would be, and so whether it would run itself.',
  })
  @ApiOkResponse({ type: ValidityDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'pipeline_unknown')
  async validateChange(@Param('id') id: string, @Body() body: PipelineBodyDto): Promise<ValidityDto> {
    const principal = principalOfRequest();
    const found = await this.access.demand(principal, 'pipelines:read', id);
    return told(await this.checks.judge(principal, toBody(body), found.id));
  }
}

const told = ({ problems, warnings }: Judged): ValidityDto => ({
  valid: problems.length === 0,
  errors: problems,
  warnings,
});
