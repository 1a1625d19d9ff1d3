import { Controller, Get, HttpStatus, Res, VERSION_NEUTRAL } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiServiceUnavailableResponse,
  ApiTags,
} from '@nestjs/swagger';
import { Public } from '@app/http';
import { requestContext } from '@app/telemetry';
import { type FastifyReply } from 'fastify';
import { may } from '../../identity';
import { HealthService, type Readiness } from '../health.service';
import { HealthCheckDto, HealthDto, LivenessDto, ReadinessDto, toHealthDto } from './health.dto';

const mayKnow = (): boolean => may(requestContext.get()?.principal, 'health:read');

/** For probes and people. Anybody may ask whether it works; why it does not is for callers with `health:read`. */
@ApiTags('health')
@ApiExtraModels(HealthCheckDto)
@Controller({ path: 'health', version: VERSION_NEUTRAL })
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Get()
  @Public()
  @ApiOperation({
    operationId: 'getHealth',
    summary: 'How everything is',
    description: 'The status for anybody; modes, dependencies and their ages for callers with health:read.',
  })
  @ApiOkResponse({ type: HealthDto })
  @ApiServiceUnavailableResponse({ type: HealthDto, description: 'Unhealthy: this role cannot do its work.' })
  async overall(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthDto> {
    const answer = await this.describe();
    if (answer.status === 'unhealthy') unavailable(reply);
    return answer;
  }

  @Get('live')
  @Public()
  @ApiOperation({
    operationId: 'getLiveness',
    summary: 'Whether the process lives',
    description: 'The event loop turns. Depends on nothing else; use it to decide on a restart.',
  })
  @ApiOkResponse({ type: LivenessDto })
  live(): LivenessDto {
    return { status: 'alive' };
  }

  @Get('ready')
  @Public()
  @ApiOperation({
    operationId: 'getReadiness',
    summary: 'Whether the process should get traffic',
    description: 'This role can do its work. Use it to decide on routing.',
  })
  @ApiOkResponse({ type: ReadinessDto })
  @ApiServiceUnavailableResponse({ type: ReadinessDto, description: 'Not now; the causes are named.' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessDto> {
    return answerFor(await this.health.readiness(), reply);
  }

  @Get('startup')
  @Public()
  @ApiOperation({
    operationId: 'getStartup',
    summary: 'Whether the process has started',
    description: 'Everything required was there once. Use it to hold back the other probes.',
  })
  @ApiOkResponse({ type: ReadinessDto })
  @ApiServiceUnavailableResponse({ type: ReadinessDto, description: 'Still starting; the causes are named.' })
  async startup(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessDto> {
    return answerFor(await this.health.startup(), reply);
  }

  private async describe(): Promise<HealthDto> {
    if (!mayKnow()) return { status: await this.health.status() };
    const { role, version } = this.health.options;
    return toHealthDto(await this.health.report(), role, version);
  }
}

function answerFor({ ready, causes }: Readiness, reply: FastifyReply): ReadinessDto {
  if (!ready) unavailable(reply);
  const status = ready ? 'ready' : 'not_ready';
  // The names of what is missing tell an operator everything and a stranger nothing; the sentences are for callers we know.
  return ready
    ? { status }
    : { status, causes: mayKnow() ? causes : causes.map((cause) => cause.split(':')[0] ?? cause) };
}

function unavailable(reply: FastifyReply): void {
  void reply.status(HttpStatus.SERVICE_UNAVAILABLE).header('retry-after', '1');
}
