import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { Documents } from '../documents/documents';

const ID = { name: 'id', description: 'Id or name of the definition.', example: 'github' };

@ApiTags('registry')
@Controller({ path: 'mcp/servers', version: '1' })
export class DocumentsController {
  constructor(private readonly documents: Documents) {}

  @Get(':id/server.json')
  @RequirePermission('servers:read')
  @ApiOperation({
    operationId: 'getServerJson',
    summary: 'A definition as server.json',
    description:
      'As registries describe a server, of schema 2025-12-11. One that was imported from such a document is that document, with what was changed since.',
  })
  @ApiParam(ID)
  @ApiOkResponse({
    description: 'The document.',
    content: {
      'application/json': {
        schema: { type: 'object', additionalProperties: true },
        example: { name: 'com.example.quayside/github', description: 'Issues.', version: '1.0.0' },
      },
    },
  })
  @ApiProblems('server_not_found', 'server_json_impossible')
  get(@Param('id') id: string): Promise<object> {
    return this.documents.of(id);
  }
}
