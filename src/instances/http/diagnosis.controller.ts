import { Controller, Get, HttpCode, Param, Post, Req, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { ApiProblems, RequirePermission } from '@app/http';
import { HeldRequests } from '../../identity';
import { InstanceScopes } from '../access/instance-scopes';
import { Bundles } from '../diagnosis/bundle';
import { Diagnostician } from '../diagnosis/diagnostician';
import { BundleDto, DiagnosisDto } from './diagnosis.dto';
import { diagnosisStream, wantsStream } from './diagnosis-stream';

const ID = { name: 'id', description: 'Id or name.', example: 'docs-search' };

@ApiTags('instances')
@Controller({ path: 'mcp/instances/:id', version: '1' })
export class DiagnosisController {
  constructor(
    private readonly diagnostician: Diagnostician,
    private readonly bundles: Bundles,
    private readonly scopes: InstanceScopes,
    private readonly held: HeldRequests,
  ) {}

  @Post('diagnose')
  @HttpCode(200)
  @RequirePermission('instances:read')
  @ApiOperation({
    operationId: 'diagnoseInstance',
    summary: 'Find out why it is red',
    description:
      'Ordered checks, the cause in one sentence, and what would mend it. With Accept: text/event-stream each check comes as an event "check" when it is done, and the whole as "diagnosis" at the end.',
  })
  @ApiParam(ID)
  @ApiProduces('application/json', 'text/event-stream')
  @ApiOkResponse({ type: DiagnosisDto })
  @ApiProblems('instance_not_found')
  async diagnose(
    @Param('id') id: string,
    @Req() { headers }: FastifyRequest,
  ): Promise<DiagnosisDto | StreamableFile> {
    const scope = this.scopes.ofRequest('instances:read');
    if (!wantsStream(headers.accept)) return this.diagnostician.diagnose(scope, id);
    const checks = await this.diagnostician.begin(scope, id);
    return diagnosisStream(checks, (end) => this.held.hold('instances:read', end));
  }

  @Get('bundle')
  @RequirePermission('instances:read')
  @ApiOperation({
    operationId: 'getInstanceBundle',
    summary: 'Gather what others need to help',
    description:
      'The diagnosis, the settings without values, the last events and the last output, all without secrets.',
  })
  @ApiParam(ID)
  @ApiOkResponse({ type: BundleDto })
  @ApiProblems('instance_not_found')
  bundle(@Param('id') id: string): Promise<BundleDto> {
    return this.bundles.make(this.scopes.ofRequest('instances:read'), id);
  }
}
