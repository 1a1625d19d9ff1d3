import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { Discovery } from '../calls/discovery';
import { Readings } from '../calls/readings';
import { CallerGone } from './caller-gone';
import { DegradedDto } from './degraded.dto';
import { GetPromptDto, PromptDto, PromptListDto, PromptResultDto } from './prompts.dto';
import { ServerNameQuery } from './server-name.query';

@ApiTags('prompts')
@Controller({ path: 'mcp/prompts', version: '1' })
export class PromptsController {
  constructor(
    private readonly discovery: Discovery,
    private readonly readings: Readings,
  ) {}

  @Get()
  @RequirePermission('prompts:read')
  @ApiOperation({
    operationId: 'listPrompts',
    summary: 'The prompts of all servers, or of one',
    description: 'A server that is down is named under degraded and hides nothing of the others.',
  })
  @ApiOkResponse({ type: PromptListDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'server_unknown', 'routing_unavailable')
  async list(@Query() { server_name: serverName }: ServerNameQuery): Promise<PromptListDto> {
    const { items, degraded } = await this.discovery.list('prompts', serverName);
    return { prompts: items.map(PromptDto.from), degraded: degraded.map(DegradedDto.from) };
  }

  @Post('get')
  @HttpCode(200)
  @RequirePermission('prompts:read')
  @ApiOperation({
    operationId: 'getPrompt',
    summary: 'Get a prompt with its arguments filled in',
    description: 'The messages as the server gives them.',
  })
  @ApiOkResponse({ type: PromptResultDto })
  @ApiProblems(
    ...['unauthenticated', 'permission_denied', 'server_unknown', 'server_not_running', 'upstream_waiting'],
    ...['prompt_unknown', 'prompt_arguments_invalid'],
    ...[
      'upstream_unreachable',
      'upstream_protocol_error',
      'upstream_refused',
      'upstream_timeout',
      'circuit_open',
    ],
    ...['upstream_busy', 'upstream_auth_failed', 'too_many_in_flight', 'routing_unavailable'],
  )
  async get(@Body() body: GetPromptDto, @CallerGone() signal: AbortSignal): Promise<PromptResultDto> {
    const { server_name: name, prompt_name: prompt, arguments: args = {} } = body;
    const result = await this.readings.prompt(name, prompt, args, signal);
    const { description, messages } = result;
    const about = typeof description === 'string' ? { description } : {};
    return { server_name: name, prompt_name: prompt, ...about, messages };
  }
}
