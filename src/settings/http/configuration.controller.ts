import { Controller, Get, Optional } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { ConfigurationOptions } from '../configuration.options';
import { ConfigurationDto, presentEntry } from './configuration.dto';

@ApiTags('settings')
@Controller({ path: 'configuration', version: '1' })
export class ConfigurationController {
  constructor(@Optional() private readonly options?: ConfigurationOptions) {}

  @Get()
  @RequirePermission('settings:read')
  @ApiOperation({
    operationId: 'getConfiguration',
    summary: 'The settings of the environment as they are in force',
    description:
      'Of the process that answers, each with where its value comes from. Secrets and credentials inside addresses are left out.',
  })
  @ApiOkResponse({ type: ConfigurationDto })
  @ApiProblems('unauthenticated', 'permission_denied')
  get(): ConfigurationDto {
    return { configuration: (this.options?.settings ?? []).map(presentEntry) };
  }
}
