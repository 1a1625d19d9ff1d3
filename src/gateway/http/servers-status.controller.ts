import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { principalOfRequest } from '@app/telemetry';
import { ServerStatuses } from '../calls/server-status';
import { ServersStatusDto, ServerStatusDto } from './servers-status.dto';

/** These are always told, so that a dashboard needs no case for their absence. */
const NONE_YET = { running: 0, degraded: 0, failed: 0 };

@ApiTags('servers')
@Controller({ path: 'mcp/servers/status', version: '1' })
export class ServersStatusController {
  constructor(private readonly statuses: ServerStatuses) {}

  @Get()
  @RequirePermission('servers:read')
  @ApiOperation({
    operationId: 'getServersStatus',
    summary: 'How every server is',
    description:
      'What was seen of each instance, beside what the gateway itself meets when it calls it. From memory.',
  })
  @ApiOkResponse({ type: ServersStatusDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'routing_unavailable')
  status(): ServersStatusDto {
    const seen = this.statuses.all(principalOfRequest());
    const summary: Record<string, number> = { ...NONE_YET };
    for (const { route } of seen) summary[route.status] = (summary[route.status] ?? 0) + 1;
    return { servers: seen.map(ServerStatusDto.from), summary };
  }
}
