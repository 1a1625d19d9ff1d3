import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import { type StreamableFile } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { ApiProblems, Cursors, RequirePermission } from '@app/http';
import { bearerOf } from '../../identity';
import { InstanceLogs } from '../access/instance-logs';
import { InstanceScopes } from '../access/instance-scopes';
import { type InstanceScope } from '../domain/instance-scope';
import { InstanceInsight } from '../queries/instance-insight';
import { InstanceQueries } from '../queries/instance-queries';
import { HistoryDto, StatsDto } from './insight.dto';
import { HistoryQuery, LogsQuery } from './instance-requests.dto';
import { eventStream, plainText } from './log-streams';
import { presentHistoryEntry } from './present-history';

const ID = { name: 'id', description: 'Id or name.', example: 'docs-search' };

@ApiTags('instances')
@Controller({ path: 'mcp/instances/:id', version: '1' })
export class InstanceInsightController {
  constructor(
    private readonly queries: InstanceQueries,
    private readonly insight: InstanceInsight,
    private readonly log: InstanceLogs,
    private readonly cursors: Cursors,
    private readonly scopes: InstanceScopes,
  ) {}

  private get scope(): InstanceScope {
    return this.scopes.ofRequest('instances:read');
  }

  @Get('logs')
  @RequirePermission('instances:read')
  @ApiOperation({
    operationId: 'getInstanceLogs',
    summary: 'Read or follow the output',
    description: 'Text, or server-sent events with follow=true; also after the container is gone.',
  })
  @ApiParam(ID)
  @ApiProduces('text/plain', 'text/event-stream')
  @ApiOkResponse({ description: 'The last lines.', schema: { type: 'string' } })
  @ApiProblems('instance_not_found', 'log_followers_exceeded', 'provisioner_silent')
  async logs(
    @Param('id') id: string,
    @Query() { tail, stream, follow }: LogsQuery,
    @Req() { headers }: FastifyRequest,
  ): Promise<StreamableFile> {
    if (follow === true) {
      const bearer = bearerOf(headers.authorization);
      return eventStream(await this.log.follow(this.scope, id, { tail, stream, bearer }));
    }
    return plainText((await this.log.tail(this.scope, id, { tail, stream })).lines);
  }

  @Get('events')
  @RequirePermission('instances:read')
  @ApiOperation({
    operationId: 'listInstanceEvents',
    summary: 'Read the history',
    description: 'What happened, why, and by whom; newest first.',
  })
  @ApiParam(ID)
  @ApiOkResponse({ type: HistoryDto })
  @ApiProblems('instance_not_found', 'invalid_cursor')
  async events(@Param('id') id: string, @Query() { limit, cursor }: HistoryQuery): Promise<HistoryDto> {
    const { scope } = this;
    const instance = await this.queries.get(scope, id);
    const bound = { list: 'instance-events', instance: instance.id };
    const page = await this.queries.history(scope, instance.id, this.cursors.startOf(cursor, bound), limit);
    return {
      events: page.items.map(presentHistoryEntry),
      next_cursor: this.cursors.nextOf(page.next, bound),
    };
  }

  @Get('stats')
  @RequirePermission('instances:read')
  @ApiOperation({
    operationId: 'getInstanceStats',
    summary: 'Read what it uses, and how it answers',
    description: 'Processor, memory and processes of each container, now; and its last probes.',
  })
  @ApiParam(ID)
  @ApiOkResponse({ type: StatsDto })
  @ApiProblems('instance_not_found', 'engine_unavailable')
  stats(@Param('id') id: string): Promise<StatsDto> {
    return this.insight.stats(this.scope, id);
  }
}
