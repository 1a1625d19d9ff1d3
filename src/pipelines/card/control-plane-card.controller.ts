import { Controller, Get, Header, VERSION_NEUTRAL } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, Public } from '@app/http';
import { type JsonObject } from '@app/kernel';
import { PipelinesOptions } from '../pipelines.options';
import { controlPlaneCard } from './control-plane-card';
import { PublishedPipelines } from './published-pipelines';

/** Where agents of others look who is here, before they have any credential. */
@ApiTags('pipelines')
@Controller({ path: '.well-known', version: VERSION_NEUTRAL })
export class ControlPlaneCardController {
  constructor(
    private readonly published: PublishedPipelines,
    private readonly options: PipelinesOptions,
  ) {}

  @Get('agent-card.json')
  @Public()
  @Header('Cache-Control', 'public, max-age=60')
  @ApiOperation({
    operationId: 'getControlPlaneCard',
    summary: 'Get the card of this installation',
    description:
      'In the form of A2A 1.0, for everybody: one skill for each pipeline of the first workspace that says is_public. Executing one needs a credential.',
  })
  @ApiOkResponse({ schema: { type: 'object', additionalProperties: true }, description: 'An agent card.' })
  @ApiProblems('database_unavailable')
  async card(): Promise<JsonObject> {
    return controlPlaneCard(await this.published.all(), this.options);
  }
}
