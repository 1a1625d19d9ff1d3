import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { InstanceScopes } from '../access/instance-scopes';
import { InstanceActivities } from '../queries/instance-activity';
import { InstanceMetricsQuery } from '../queries/instance-metrics';
import {
  ActivityDto,
  ActivityQuery,
  InstanceActivityDto,
  InstanceMetricsDto,
  MetricsQuery,
} from './activity.dto';

@ApiTags('instances')
@Controller({ path: 'mcp/instances', version: '1' })
export class InstanceActivityController {
  constructor(
    private readonly activities: InstanceActivities,
    private readonly metrics: InstanceMetricsQuery,
    private readonly scopes: InstanceScopes,
  ) {}

  @Get('activity')
  @RequirePermission('instances:read')
  @ApiOperation({
    operationId: 'getInstanceActivity',
    summary: 'Read how busy many instances are',
    description: 'Calls, latency, restarts and usage of up to 100, for what a list shows beside its records.',
  })
  @ApiOkResponse({ type: ActivityDto })
  async activity(@Query() { ids }: ActivityQuery): Promise<ActivityDto> {
    const found = await this.activities.of(this.scopes.ofRequest('instances:read'), ids);
    return { activity: found.map(InstanceActivityDto.from) };
  }

  @Get(':id/metrics')
  @RequirePermission('instances:read')
  @ApiOperation({
    operationId: 'getInstanceMetrics',
    summary: 'Read its calls over time',
    description:
      'Calls, failures and latency out of the records of calls, the busiest tools, and the phases meanwhile.',
  })
  @ApiParam({ name: 'id', description: 'Id or name.', example: 'docs-search' })
  @ApiOkResponse({ type: InstanceMetricsDto })
  @ApiProblems('instance_not_found')
  async series(@Param('id') id: string, @Query() { window }: MetricsQuery): Promise<InstanceMetricsDto> {
    const read = await this.metrics.read(this.scopes.ofRequest('instances:read'), id, window);
    return InstanceMetricsDto.from(read);
  }
}
