import { Controller, Get, Res, VERSION_NEUTRAL } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { Metrics } from '@app/telemetry';
import { type FastifyReply } from 'fastify';

/** For scrapers. Each process tells of itself only. */
@ApiTags('metrics')
@Controller({ path: 'metrics', version: VERSION_NEUTRAL })
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @RequirePermission('metrics:read')
  @ApiOperation({
    operationId: 'getMetrics',
    summary: 'The metrics of this process',
    description:
      'In the text format of Prometheus. Labels are bounded and hold no ids, addresses or secrets.',
  })
  @ApiProduces('text/plain')
  @ApiOkResponse({
    schema: { type: 'string', example: 'quayside_build_info{version="0.1.0",role="all-in-one"} 1' },
  })
  @ApiProblems('unauthenticated', 'permission_denied')
  async scrape(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    void reply.type(Metrics.CONTENT_TYPE);
    return this.metrics.scrape();
  }
}
