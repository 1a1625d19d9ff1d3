import { Body, Controller, Get, HttpCode, Param, Put, Query, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { ApiProblems, IfMatch, MalformedBodyError, RequirePermission, UseETag } from '@app/http';
import { type JsonValue } from '@app/kernel';
import { type FastifyReply } from 'fastify';
import { InstanceScopes } from '../access/instance-scopes';
import { UpdateInstanceCommand } from '../commands/instance.commands';
import { InstanceInsight } from '../queries/instance-insight';
import { EnvironmentDto } from './insight.dto';
import { InstanceDto } from './instance.dto';
import { DONE, InstanceAnswers } from './instance-answers';
import { CreateQuery } from './instance-requests.dto';
import { callerOfRequest } from '../commands/caller-of-request';

const ID = { name: 'id', description: 'Id or name.', example: 'docs-search' };

@ApiTags('instances')
@Controller({ path: 'mcp/instances/:id/environment', version: '1' })
export class InstanceEnvironmentController {
  constructor(
    private readonly commands: CommandBus,
    private readonly insight: InstanceInsight,
    private readonly answers: InstanceAnswers,
    private readonly scopes: InstanceScopes,
  ) {}

  @Get()
  @RequirePermission('instances:read')
  @ApiOperation({
    operationId: 'getInstanceEnvironment',
    summary: 'Read the environment',
    description: 'Names, and which of them are secret or set; never the value of a secret.',
  })
  @ApiParam(ID)
  @ApiOkResponse({ type: EnvironmentDto })
  @ApiProblems('instance_not_found')
  async read(@Param('id') id: string): Promise<EnvironmentDto> {
    return { variables: await this.insight.environment(this.scopes.ofRequest('instances:read'), id) };
  }

  /** Named variables are set, null takes one away, the others stay: a reader never gets secrets to send them back. */
  @Put()
  @HttpCode(202)
  @RequirePermission('instances:update')
  @UseETag()
  @ApiOperation({
    operationId: 'setInstanceEnvironment',
    summary: 'Set variables',
    description:
      'Values of secret variables go to the store; null removes; what is not named stays. Makes a new generation.',
  })
  @ApiParam(ID)
  @ApiBody({
    schema: {
      type: 'object',
      additionalProperties: { type: 'string', nullable: true },
      example: { API_KEY: 'value' },
    },
  })
  @ApiAcceptedResponse({ type: InstanceDto })
  @ApiOkResponse({ type: InstanceDto, description: DONE })
  @ApiProblems(
    'instance_not_found',
    'instance_spec_invalid',
    'instance_env_missing',
    'secret_ref_unknown',
    'secret_use_forbidden',
    'instance_transition_illegal',
    'stale_version',
  )
  async set(
    @Param('id') id: string,
    @Body() body: unknown,
    @Query() query: CreateQuery,
    @IfMatch() expected: readonly number[] | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InstanceDto> {
    const command = new UpdateInstanceCommand(
      id,
      { environment: variablesIn(body), pointers: inWordsOfTheRequest },
      callerOfRequest(),
      expected,
      query.dry_run ?? false,
    );
    return this.answers.changed(await this.commands.execute(command), query, reply);
  }
}

/** The whole body is the environment. */
const inWordsOfTheRequest = (pointer: string): string => pointer.replace(/^\/environment(?=\/|$)/, '');

function variablesIn(body: unknown): Record<string, JsonValue> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new MalformedBodyError('The body must be a JSON object.');
  return body as Record<string, JsonValue>;
}
