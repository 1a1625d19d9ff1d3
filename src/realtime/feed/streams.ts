import { Injectable } from '@nestjs/common';
import { Semaphore } from '@app/resilience';
import { Access, OpenStreams } from '../../identity';
import { EventLog } from '../log/event-log';
import { TailReader } from '../log/tail-reader';
import { RealtimeMetrics } from '../realtime-metrics';
import { RealtimeOptions } from '../realtime.options';
import { type Caller, EventStream, type StreamParts } from './event-stream';
import { Hub } from './hub';
import { type Outlet } from './outlet';

/** Readings of the past at once. */
const TURNS = 4;
/** Everybody may wait for one: there are no more readers than connections. */
const TURNS_WAITING_MAX = 10_000;

/** Opens streams of events, and has them looked after until their readers are gone. */
@Injectable()
export class Streams {
  private readonly parts: StreamParts;

  // eslint-disable-next-line max-params -- A constructor that is called by the container; each part is one word here.
  constructor(
    hub: Hub,
    log: EventLog,
    tail: TailReader,
    access: Access,
    metrics: RealtimeMetrics,
    private readonly open: OpenStreams,
    origin: RealtimeOptions,
  ) {
    const turns = new Semaphore(TURNS, TURNS_WAITING_MAX, 'Reading the past');
    this.parts = { hub, log, access, metrics, turns, origin, look: () => tail.look() };
  }

  /** Nobody can be told where the log begins for him before it was read for the first time. */
  async isReady(): Promise<boolean> {
    if (this.parts.hub.head === undefined) await this.parts.look();
    return this.parts.hub.head !== undefined;
  }

  for(outlet: Outlet, caller: Caller): EventStream {
    const stream = new EventStream(this.parts, outlet, caller);
    const release = this.open.hold(stream);
    outlet.onClosed(() => {
      stream.leave();
      release();
    });
    return stream;
  }
}
