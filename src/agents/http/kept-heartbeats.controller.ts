import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { scopeOfRequest } from '@app/telemetry';
import { HeartbeatRows } from '../presence/heartbeat-rows';
import { PaceKeeper } from '../presence/pace-keeper';
import { AgentDirectory } from '../registry/agent-directory';
import { HeartbeatListDto, showHeartbeats } from './kept-heartbeats.dto';

@ApiTags('agents')
@Controller({ path: 'agents', version: '1' })
export class KeptHeartbeatsController {
  constructor(
    private readonly directory: AgentDirectory,
    private readonly pace: PaceKeeper,
    private readonly kept: HeartbeatRows,
  ) {}

  @Get(':id/heartbeats')
  @ApiParam({ name: 'id', description: 'Its id or name.', example: 'data-processor' })
  @RequirePermission('agents:read')
  @ApiOperation({
    operationId: 'listHeartbeats',
    summary: 'Get the newest heartbeats of an agent',
    description:
      'Those that came and those that were missed, as far as they are kept; and how often they should come.',
  })
  @ApiOkResponse({ type: HeartbeatListDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'agent_not_found', 'database_unavailable')
  async list(@Param('id') id: string): Promise<HeartbeatListDto> {
    const agent = await this.directory.get(scopeOfRequest(), id);
    return showHeartbeats(await this.pace.pace(), await this.kept.of(agent.id));
  }
}
