import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { AuditTrailModule } from '../audit';
import { AccessModule, IdentityApiModule, IdentityModule } from '../identity';
import { QuotasModule, RateLimitsModule } from '../limits';
import { CallTail } from './calls/call-tail';
import { Hub } from './feed/hub';
import { Streams } from './feed/streams';
import { EventsController } from './http/events.controller';
import { SequenceInterceptor } from './http/sequence.interceptor';
import { ConnectionQuota } from './limits/connection-quota';
import { ConnectionRows } from './limits/connection-rows';
import { Connections } from './limits/connections';
import { EventLog } from './log/event-log';
import { TailReader } from './log/tail-reader';
import { RealtimeMetrics } from './realtime-metrics';
import { Admission } from './socket/admission';
import { SocketServer } from './socket/socket-server';

const FEED = [EventLog, Hub, TailReader, CallTail, Streams, RealtimeMetrics];
const DOORS = [Connections, ConnectionRows, ConnectionQuota, Admission, SocketServer];

/** Events as they happen, for browsers and programs. The root provides the platform's parts and `RealtimeOptions`. */
@Module({
  imports: [
    AccessModule,
    AuditTrailModule,
    IdentityModule,
    IdentityApiModule,
    QuotasModule,
    RateLimitsModule,
  ],
  controllers: [EventsController],
  providers: [...FEED, ...DOORS, { provide: APP_INTERCEPTOR, useClass: SequenceInterceptor }],
})
export class RealtimeModule {}
