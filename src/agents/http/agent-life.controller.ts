import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { type JsonObject } from '@app/kernel';
import { principalOfRequest, scopeOfRequest } from '@app/telemetry';
import { AgentsOptions } from '../agents.options';
import { cardOf } from '../card/card-of';
import { Heartbeats } from '../presence/heartbeats';
import { AgentChanges } from '../registry/agent-changes';
import { AgentDirectory } from '../registry/agent-directory';
import { AgentReader } from '../registry/agent-reader';
import { AgentDto, showAgent } from './agent.dto';
import { HeartbeatAnswerDto, HeartbeatDto } from './heartbeat.dto';

const AGENT = { name: 'id', description: 'Its id or name.', example: 'data-processor' };

@ApiTags('agents')
@Controller({ path: 'agents', version: '1' })
export class AgentLifeController {
  constructor(
    private readonly heartbeats: Heartbeats,
    private readonly changes: AgentChanges,
    private readonly directory: AgentDirectory,
    private readonly reader: AgentReader,
    private readonly options: AgentsOptions,
  ) {}

  @Post(':id/heartbeat')
  @ApiParam(AGENT)
  @HttpCode(200)
  @RequirePermission('agents:work')
  @ApiOperation({
    operationId: 'sendHeartbeat',
    summary: 'Say that the agent lives',
    description:
      'The answer says when the next one is due, which tasks to stop, and whether more will come. An agent that misses ' +
      'them for a whole term is lost, and back with the next one.',
  })
  @ApiOkResponse({ type: HeartbeatAnswerDto })
  @ApiProblems(
    ...['unauthenticated', 'permission_denied', 'agent_not_found', 'agent_not_yours', 'database_unavailable'],
  )
  async heartbeat(@Param('id') id: string, @Body() body: HeartbeatDto): Promise<HeartbeatAnswerDto> {
    const agentId = await this.directory.idOfWorker(principalOfRequest(), id);
    const answer = await this.heartbeats.beat({ agentId, ...saidIn(body) });
    return { next_heartbeat_s: answer.nextHeartbeatS, cancel: answer.cancel, drain: answer.drain };
  }

  @Post(':id/drain')
  @ApiParam(AGENT)
  @HttpCode(200)
  @RequirePermission('agents:update')
  @ApiOperation({
    operationId: 'drainAgent',
    summary: 'Give an agent nothing more',
    description: 'It ends what it has. PATCH with status active takes it back.',
  })
  @ApiOkResponse({ type: AgentDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'agent_not_found', 'database_unavailable')
  async drain(@Param('id') id: string): Promise<AgentDto> {
    const agent = await this.changes.drain(principalOfRequest(), id);
    return showAgent(await this.reader.get(agent, agent.id));
  }

  @Get(':id/agent-card.json')
  @ApiParam(AGENT)
  @RequirePermission('agents:read')
  @ApiOperation({
    operationId: 'getAgentCard',
    summary: 'Get the card of an agent',
    description:
      'In the form of A2A 1.0: the one it was imported with, else one made of what was said of it.',
  })
  @ApiOkResponse({ schema: { type: 'object', additionalProperties: true }, description: 'An agent card.' })
  @ApiProblems('unauthenticated', 'permission_denied', 'agent_not_found', 'database_unavailable')
  async card(@Param('id') id: string): Promise<JsonObject> {
    const agent = await this.directory.get(scopeOfRequest(), id);
    return agent.card ?? cardOf(agent, this.options.publicUrl);
  }
}

const saidIn = ({ current_load, running_tasks, task_ids, draining, metrics }: HeartbeatDto) => ({
  ...(current_load === undefined ? {} : { load: current_load }),
  ...(running_tasks === undefined && task_ids === undefined
    ? {}
    : { running: running_tasks ?? task_ids?.length }),
  ...(task_ids === undefined ? {} : { taskIds: task_ids }),
  ...(draining === undefined ? {} : { isDraining: draining }),
  ...(metrics === undefined ? {} : { metrics }),
});
