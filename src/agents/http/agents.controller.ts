import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  Res,
} from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import {
  ApiProblems,
  assertVersion,
  Cursors,
  etagOf,
  type ExpectedVersions,
  IfMatch,
  RequirePermission,
  UseETag,
} from '@app/http';
import { EgressPolicy } from '@app/security';
import { principalOfRequest, scopeOfRequest } from '@app/telemetry';
import { type FastifyReply } from 'fastify';
import { AgentChanges } from '../registry/agent-changes';
import { AgentReader } from '../registry/agent-reader';
import { AgentDto, AgentPageDto, ListAgentsQuery, showAgent } from './agent.dto';
import { AgentRegistrations } from './agent-registrations';
import { RegisterAgentDto, RegisteredAgentDto, UpdateAgentDto } from './register-agent.dto';
import { judgeEndpoints, sentContent } from './to-content';

const AGENT = { name: 'id', description: 'Its id or name.', example: 'data-processor' };

@ApiTags('agents')
@Controller({ path: 'agents', version: '1' })
export class AgentsController {
  constructor(
    private readonly registrations: AgentRegistrations,
    private readonly changes: AgentChanges,
    private readonly reader: AgentReader,
    private readonly cursors: Cursors,
    private readonly policy: EgressPolicy,
  ) {}

  @Post('register')
  @RequirePermission('agents:register')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    operationId: 'registerAgent',
    summary: 'Register an agent',
    description:
      'A new one is answered 201 with its token, which is shown this once. The same name again by the same owner, or with ' +
      "the agent's own token, updates it and is answered 200 without a token.",
  })
  @ApiCreatedResponse({ type: RegisteredAgentDto })
  @ApiOkResponse({
    type: RegisteredAgentDto,
    description: 'It was registered before, and is as it was sent now.',
  })
  @ApiProblems(
    ...['unauthenticated', 'permission_denied', 'agent_invalid', 'agent_name_taken', 'agent_limit_reached'],
    ...['agent_not_yours', 'agent_card_refused', 'database_unavailable'],
  )
  async register(
    @Body() body: RegisterAgentDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RegisteredAgentDto> {
    const principal = principalOfRequest();
    const registered = await this.registrations.register(principal, body);
    const { id, rowVersion } = registered.agent;
    reply.header('etag', etagOf(rowVersion));
    if (registered.isNew) reply.header('location', `/api/v1/agents/${id}`);
    else reply.status(200);
    return this.registrations.show(registered, await this.reader.get(principal, id));
  }

  @Get()
  @RequirePermission('agents:read')
  @ApiOperation({
    operationId: 'listAgents',
    summary: 'Discover agents',
    description: 'One page, newest first, by type, state and capability.',
  })
  @ApiOkResponse({ type: AgentPageDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'invalid_cursor', 'database_unavailable')
  async list(@Query() { limit, cursor, ...filter }: ListAgentsQuery): Promise<AgentPageDto> {
    const bound = { list: 'agents', ...filter };
    const after = this.cursors.startOf(cursor, bound);
    const page = await this.reader.page(scopeOfRequest(), filter, limit, after);
    return {
      agents: page.items.map((view) => showAgent(view)),
      next_cursor: this.cursors.nextOf(page.next, bound),
    };
  }

  @Get(':id')
  @ApiParam(AGENT)
  @RequirePermission('agents:read')
  @ApiOperation({
    operationId: 'getAgent',
    summary: 'Get an agent',
    description: 'What was said of it, whether it is there, and what it does.',
  })
  @ApiOkResponse({ type: AgentDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'agent_not_found', 'database_unavailable')
  async get(@Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<AgentDto> {
    const view = await this.reader.get(scopeOfRequest(), id);
    // Its load moves while its version stands: the tag is for changes, never for "not modified".
    reply.header('etag', etagOf(view.rowVersion));
    return showAgent(view);
  }

  @Patch(':id')
  @ApiParam(AGENT)
  @UseETag()
  @RequirePermission('agents:update')
  @ApiOperation({
    operationId: 'updateAgent',
    summary: 'Change an agent',
    description:
      'What is sent replaces what was, each member as a whole; status draining or active drains it or not.',
  })
  @ApiOkResponse({ type: AgentDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'agent_not_found', 'agent_invalid', 'stale_version')
  async update(
    @Param('id') id: string,
    @Body() body: UpdateAgentDto,
    @IfMatch() expected: ExpectedVersions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AgentDto> {
    judgeEndpoints(body.endpoints, this.policy);
    const change = { ...sentContent(body), ...(body.status === undefined ? {} : { status: body.status }) };
    const agent = await this.changes.update(principalOfRequest(), id, change, demand(expected));
    return this.get(agent.id, reply);
  }

  @Delete(':id')
  @ApiParam(AGENT)
  @HttpCode(204)
  @UseETag()
  @RequirePermission('agents:delete')
  @ApiOperation({
    operationId: 'deregisterAgent',
    summary: 'Deregister an agent',
    description: 'Its token ends with it. Tasks that it held are given to others.',
  })
  @ApiNoContentResponse()
  @ApiProblems('unauthenticated', 'permission_denied', 'agent_not_found', 'stale_version')
  async remove(@Param('id') id: string, @IfMatch() expected: ExpectedVersions): Promise<void> {
    await this.changes.remove(principalOfRequest(), id, demand(expected));
  }
}

const demand =
  (expected: ExpectedVersions) =>
  (rowVersion: number): void => {
    assertVersion(expected, rowVersion);
  };
