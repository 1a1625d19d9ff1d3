import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { ApiProblems, InvalidQueryError, RequirePermission } from '@app/http';
import { principalOfRequest } from '@app/telemetry';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { bearerOf, IdentityUnavailableError, PermissionDeniedError } from '../../identity';
import { TOPIC_PERMISSIONS } from '../domain/topics';
import { Streams } from '../feed/streams';
import { ConnectionQuota } from '../limits/connection-quota';
import { Connections } from '../limits/connections';
import { RealtimeMetrics } from '../realtime-metrics';
import { EventsQuery, subscriptionOf } from './events.dto';
import { StreamOutlet } from './stream-outlet';

const NUMBER = /^\d{1,15}$/;
const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  connection: 'close',
  // For proxies that would else wait for the end.
  'x-accel-buffering': 'no',
} as const;
const OK = 200;

@ApiTags('events')
@Controller({ path: 'events', version: '1' })
export class EventsController {
  constructor(
    private readonly streams: Streams,
    private readonly connections: Connections,
    private readonly quota: ConnectionQuota,
    private readonly metrics: RealtimeMetrics,
  ) {}

  @Get()
  @RequirePermission('me:read')
  @ApiOperation({
    operationId: 'streamEvents',
    summary: 'Follow what happens',
    description:
      'Server-sent events: the same as by WebSocket at /ws. Each topic needs its own permission; without topics it is what the caller may see. Last-Event-ID continues after a lost connection without a hole; what is too old to be told is named in an event "gap".',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The number of the last event that was seen.',
    schema: { type: 'string', example: '41200' },
  })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({ description: 'Events, until either side ends it.', schema: { type: 'string' } })
  @ApiProblems(
    'permission_denied',
    'too_many_readers',
    'quota_exceeded',
    'identity_unavailable',
    'invalid_query',
  )
  async follow(
    @Query() query: EventsQuery,
    @Req() { headers }: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const since = sinceOf(headers['last-event-id']) ?? query.since;
    const principal = principalOfRequest();
    this.connections.demandRoom();
    if (!(await this.streams.isReady())) throw new IdentityUnavailableError();
    const release = await this.quota.enter(principal);
    const outlet = new StreamOutlet(reply.raw, query.format, (reason) => {
      this.metrics.drop(reason);
    });
    // Also where it is refused below: every answer is closed one day.
    outlet.onClosed(release);
    const stream = this.streams.for(outlet, { principal, bearer: bearerOf(headers.authorization) });
    const subscription = subscriptionOf(query);
    const forbidden = stream.forbiddenTopic(subscription);
    if (forbidden !== undefined) throw new PermissionDeniedError(TOPIC_PERMISSIONS[forbidden]);
    reply.hijack();
    reply.raw.writeHead(OK, { ...reply.getHeaders(), ...HEADERS } as Record<string, string>);
    this.connections.add(outlet);
    const from = stream.beginningOf(since);
    outlet.greet(from);
    stream.subscribe(subscription, since);
  }
}

/** What a reader sends by itself that comes back. Something else than a number of ours is a mistake to be told. */
function sinceOf(lastEventId: string | string[] | undefined): number | undefined {
  if (lastEventId === undefined) return undefined;
  if (typeof lastEventId === 'string' && NUMBER.test(lastEventId)) return Number(lastEventId);
  throw new InvalidQueryError([
    { pointer: '/header/Last-Event-ID', code: 'integer', detail: 'is the number of an event' },
  ]);
}
