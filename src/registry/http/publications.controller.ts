import { Controller, Delete, HttpCode, Param, Put } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { Publications } from '../publication/publications';

const NAME = { name: 'name', description: 'Its name.', example: 'docs-search' };

@ApiTags('registry')
@Controller({ path: 'registry/published', version: '1' })
export class PublicationsController {
  constructor(private readonly publications: Publications) {}

  @Put('instances/:name')
  @HttpCode(204)
  @RequirePermission('instances:update')
  @ApiOperation({
    operationId: 'publishInstance',
    summary: 'Publish an instance in the registry',
    description:
      'Its name, description and address may be read by everybody while the setting registry_access is public. Its tools still need a key.',
  })
  @ApiParam(NAME)
  @ApiNoContentResponse({ description: 'It is published.' })
  @ApiProblems('registry_server_unknown')
  publishInstance(@Param('name') name: string): Promise<void> {
    return this.publications.publish({ kind: 'instance', name });
  }

  @Delete('instances/:name')
  @HttpCode(204)
  @RequirePermission('instances:update')
  @ApiOperation({
    operationId: 'withdrawInstance',
    summary: 'Take an instance out of the public registry',
    description: 'Callers with a credential go on seeing it.',
  })
  @ApiParam(NAME)
  @ApiNoContentResponse({ description: 'It is not published.' })
  @ApiProblems('registry_server_unknown')
  withdrawInstance(@Param('name') name: string): Promise<void> {
    return this.publications.withdraw({ kind: 'instance', name });
  }

  @Put('endpoints/:name')
  @HttpCode(204)
  @RequirePermission('endpoints:update')
  @ApiOperation({
    operationId: 'publishEndpoint',
    summary: 'Publish an endpoint in the registry',
    description: 'As an instance is published.',
  })
  @ApiParam(NAME)
  @ApiNoContentResponse({ description: 'It is published.' })
  @ApiProblems('registry_server_unknown')
  publishEndpoint(@Param('name') name: string): Promise<void> {
    return this.publications.publish({ kind: 'endpoint', name });
  }

  @Delete('endpoints/:name')
  @HttpCode(204)
  @RequirePermission('endpoints:update')
  @ApiOperation({
    operationId: 'withdrawEndpoint',
    summary: 'Take an endpoint out of the public registry',
    description: 'Callers with a credential go on seeing it.',
  })
  @ApiParam(NAME)
  @ApiNoContentResponse({ description: 'It is not published.' })
  @ApiProblems('registry_server_unknown')
  withdrawEndpoint(@Param('name') name: string): Promise<void> {
    return this.publications.withdraw({ kind: 'endpoint', name });
  }
}
