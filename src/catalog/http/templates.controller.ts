import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { scopeOfRequest } from '@app/telemetry';
import { DefinitionQueries } from '../queries/definition-queries';
import { presentTemplate, TemplateListDto } from './server.dto';

@ApiTags('servers')
@Controller({ path: 'mcp/templates', version: '1' })
export class TemplatesController {
  constructor(private readonly queries: DefinitionQueries) {}

  @Get()
  @RequirePermission('servers:read')
  @ApiOperation({
    operationId: 'listTemplates',
    summary: 'List templates',
    description: 'The published definitions, for the drop-down of a form.',
  })
  @ApiOkResponse({ type: TemplateListDto })
  @ApiProblems()
  async list(): Promise<TemplateListDto> {
    return { templates: (await this.queries.templates(scopeOfRequest())).map(presentTemplate) };
  }
}
