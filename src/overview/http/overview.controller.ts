import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { principalOfRequest } from '@app/telemetry';
import { Overview } from '../overview';
import { OverviewDto, presentOverview, presentSeries, SeriesDto, SeriesQuery } from './overview.dto';

@ApiTags('overview')
@Controller({ path: 'overview', version: '1' })
export class OverviewController {
  constructor(private readonly overview: Overview) {}

  @Get()
  @RequirePermission('me:read')
  @ApiOperation({
    operationId: 'getOverview',
    summary: 'How everything is, and what needs somebody',
    description:
      'Counts by status and a line for each thing that needs attention, of what the caller may read; up to two seconds old.',
  })
  @ApiOkResponse({ type: OverviewDto })
  @ApiProblems('unauthenticated', 'database_unavailable')
  async get(): Promise<OverviewDto> {
    return presentOverview(await this.overview.of(principalOfRequest()));
  }

  @Get('series')
  @RequirePermission('usage:read')
  @ApiOperation({
    operationId: 'getOverviewSeries',
    summary: 'Calls, errors, durations and the queue over time',
    description: 'Of the whole workspace, in whole steps; the newest is at most two steps old.',
  })
  @ApiOkResponse({ type: SeriesDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'invalid_query', 'database_unavailable')
  async series(@Query() { range }: SeriesQuery): Promise<SeriesDto> {
    return presentSeries(await this.overview.series(principalOfRequest(), range));
  }
}
