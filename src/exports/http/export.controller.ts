import { Body, Controller, Get, Header, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { Exports } from '../queries/exports';
import { ManifestPlanDto, PlanManifestDto } from './export.dto';

const EVERYTHING = [
  'servers:read',
  'instances:read',
  'endpoints:read',
  'pipelines:read',
  'settings:read',
] as const;

@ApiTags('export')
@Controller({ path: 'export', version: '1' })
export class ExportController {
  constructor(private readonly exports: Exports) {}

  @Get()
  @RequirePermission(...EVERYTHING)
  @Header('content-type', 'application/yaml; charset=utf-8')
  @ApiOperation({
    operationId: 'exportEverything',
    summary: 'Everything that was declared, as text',
    description:
      'Definitions, instances, endpoints, pipelines with their schedules, and changed settings of the workspace as one YAML: the same text each time, without any secret. An instance’s own secrets stand there as secret_ref:self:NAME.',
  })
  @ApiProduces('application/yaml')
  @ApiOkResponse({
    description: 'The text.',
    content: { 'application/yaml': { schema: { type: 'string' }, example: 'quayside: v1\nservers: []\n' } },
  })
  @ApiProblems('permission_denied')
  export(): Promise<string> {
    return this.exports.export();
  }

  @Post('plan')
  @HttpCode(200)
  @RequirePermission(...EVERYTHING)
  @ApiOperation({
    operationId: 'planManifest',
    summary: 'What would make the installation like the text',
    description:
      'Compares, and changes nothing. The changes are made one by one with the operations of each kind.',
  })
  @ApiOkResponse({ type: ManifestPlanDto })
  @ApiProblems('manifest_unreadable', 'permission_denied')
  async plan(@Body() { content, prune = false }: PlanManifestDto): Promise<ManifestPlanDto> {
    return ManifestPlanDto.from(await this.exports.plan(content, prune));
  }
}
