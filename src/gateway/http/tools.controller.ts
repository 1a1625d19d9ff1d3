import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { requestContext } from '@app/telemetry';
import { Discovery } from '../calls/discovery';
import { type AskingCall, AskingCaller } from '../calls/asking/asking-caller';
import { InputResponsesInvalidError } from '../calls/asking/asking.errors';
import { ToolCaller } from '../calls/tool-caller';
import { CallerGone } from './caller-gone';
import { DegradedDto } from './degraded.dto';
import { ToolsQuery } from './server-name.query';
import { CallToolDto, ToolDto, ToolListDto, ToolResultDto } from './tools.dto';

@ApiTags('tools')
@Controller({ path: 'mcp/tools', version: '1' })
export class ToolsController {
  constructor(
    private readonly discovery: Discovery,
    private readonly caller: ToolCaller,
    private readonly asking: AskingCaller,
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
  async list(@Query() query: ToolsQuery): Promise<ToolListDto> {
    const { server_name: serverName, accept_input: canBeAsked = false } = query;
    const { items, degraded } = await this.discovery.list('tools', serverName, canBeAsked);
    return { tools: items.map(ToolDto.from), degraded: degraded.map(DegradedDto.from) };
  }

  @Post('call')
  @HttpCode(200)
  @RequirePermission('tools:call')
  @ApiOperation({
    operationId: 'callTool',
    summary: 'Call a tool',
    description:
      'An error of the tool itself is an answer with is_error. A call that may have begun is never repeated for you: the answer then says that its outcome is not known. With accept_input a server may ask on the way: the answer then has input_required, and the same request with input_responses and request_state goes on, until the result is there.',
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
    ...['request_state_invalid', 'input_responses_invalid', 'input_expired', 'held_call_lost'],
    ...['input_calls_exhausted', 'endless_questions'],
  )
  async call(@Body() body: CallToolDto, @CallerGone() signal: AbortSignal): Promise<ToolResultDto> {
    const { server_name: serverName, tool_name: toolName, timeout_ms: timeoutMs } = body;
    const limit = timeoutMs === undefined ? {} : { timeoutMs };
    const call = { serverName, toolName, args: body.arguments ?? {}, signal, ...limit };
    const requestId = requestContext.get()?.requestId ?? '';
    const asked = askedOf(body);
    if (asked !== undefined)
      return ToolResultDto.asked(await this.asking.call({ ...call, ...asked }), toolName, requestId);
    return ToolResultDto.from(await this.caller.call(call), toolName, requestId);
  }
}

/** Undefined for a caller who said nothing of being asked. */
function askedOf(body: CallToolDto): Pick<AskingCall, 'requestState' | 'responses'> | undefined {
  const { accept_input: accepts, request_state: requestState, input_responses: responses } = body;
  if (responses !== undefined && requestState === undefined)
    throw new InputResponsesInvalidError(
      '/input_responses',
      'They answer a request_state, which is missing.',
    );
  if (accepts !== true && requestState === undefined) return undefined;
  return {
    ...(requestState === undefined ? {} : { requestState }),
    ...(responses === undefined ? {} : { responses }),
  };
}
