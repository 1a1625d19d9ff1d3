import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { scopeOfRequest } from '@app/telemetry';
import { Usage } from '../quotas/usage';
import { presentUsage, UsageDto, UsageQueryDto } from './quota.dto';

const DEFAULT_DAYS = 7;

@ApiTags('limits')
@Controller({ path: 'usage', version: '1' })
export class UsageController {
  constructor(private readonly usage: Usage) {}

  @Get()
  @RequirePermission('usage:read')
  @ApiOperation({
    operationId: 'getUsage',
    summary: 'What is used',
    description:
      'Used, limit and reset of each resource, and tool calls per day, of the workspace or of one user, key or agent in it.',
  })
  @ApiOkResponse({ type: UsageDto })
  @ApiProblems('quota_unknown', 'invalid_query')
  async get(@Query() { scope = 'workspace', id, days = DEFAULT_DAYS }: UsageQueryDto): Promise<UsageDto> {
    const asking = scopeOfRequest();
    const scopeId = id ?? asking.workspaceId;
    return presentUsage(await this.usage.report(asking, { scope, scopeId, days }));
  }
}
