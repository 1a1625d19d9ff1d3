import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { requestContext } from '@app/telemetry';
import { Discovery } from '../calls/discovery';
import { ToolCaller } from '../calls/tool-caller';
import { CallerGone } from './caller-gone';
import { DegradedDto } from './degraded.dto';
import { ServerNameQuery } from './server-name.query';
import { CallToolDto, ToolDto, ToolListDto, ToolResultDto } from './tools.dto';

@ApiTags('tools')
@Controller({ path: 'mcp/tools', version: '1' })
export class ToolsController {
  constructor(
    private readonly discovery: Discovery,
    private readonly caller: ToolCaller,
  ) {}

  @Get()
  @RequirePermission('tools:read')
  @ApiOperation({
    operationId: 'listTools',
    summary: 'The tools of all servers, or of one',
    description: 'A server that is down is named under degraded and hides nothing of the others.',
  })
  @ApiOkResponse({ type: ToolListDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'server_unknown', 'routing_unavailable')
  async list(@Query() { server_name: serverName }: ServerNameQuery): Promise<ToolListDto> {
    const { items, degraded } = await this.discovery.list('tools', serverName);
    return { tools: items.map(ToolDto.from), degraded: degraded.map(DegradedDto.from) };
  }

  @Post('call')
  @HttpCode(200)
  @RequirePermission('tools:call')
  @ApiOperation({
    operationId: 'callTool',
    summary: 'Call a tool',
    description:
      'An error of the tool itself is an answer with is_error. A call that may have begun is never repeated for you: the answer then says that its outcome is not known.',
  })
  @ApiOkResponse({ type: ToolResultDto })
  @ApiProblems(
    ...['unauthenticated', 'permission_denied', 'server_unknown', 'tool_unknown', 'tool_arguments_invalid'],
    ...[
      'server_not_running',
      'upstream_waiting',
      'upstream_unreachable',
      'upstream_protocol_error',
      'upstream_busy',
    ],
    ...[
      'upstream_refused',
      'upstream_auth_failed',
      'upstream_token_failed',
      'secret_unreadable',
      'egress_refused',
    ],
    ...[
      'call_outcome_unknown',
      'call_timed_out',
      'circuit_open',
      'too_many_in_flight',
      'routing_unavailable',
    ],
    'schema_check_unavailable',
  )
  async call(@Body() body: CallToolDto, @CallerGone() signal: AbortSignal): Promise<ToolResultDto> {
    const { server_name: serverName, tool_name: toolName, timeout_ms: timeoutMs } = body;
    const limit = timeoutMs === undefined ? {} : { timeoutMs };
    const answer = await this.caller.call({
      serverName,
      toolName,
      args: body.arguments ?? {},
      signal,
      ...limit,
    });
    return ToolResultDto.from(answer, toolName, requestContext.get()?.requestId ?? '');
  }
}
