import { Injectable } from '@nestjs/common';
import { type Counter, type Family, type Gauge, Metrics } from '@app/telemetry';
import { type Wire } from './feed/told';
import { type Carrier } from './feed/wire';

/** Why a connection was ended or not let in. */
export type DropReason =
  'slow' | 'silent' | 'bad_frame' | 'unauthenticated' | 'revoked' | 'forbidden' | 'too_many' | 'unavailable';

@Injectable()
export class RealtimeMetrics {
  private readonly clients: Family<Gauge>;
  private readonly frames: Family<Counter>;
  private readonly dropped: Family<Counter>;

  constructor(metrics: Metrics) {
    this.clients = metrics.gauge('ws_clients', 'Readers of events, by WebSocket and by server-sent events.', {
      labels: ['transport'],
    });
    this.frames = metrics.counter('ws_frames_total', 'Events told, one for each reader.', {
      labels: ['type'],
    });
    this.dropped = metrics.counter('ws_dropped_total', 'Readers that were sent away.', {
      labels: ['reason'],
    });
  }

  connected(carrier: Carrier, by: 1 | -1): void {
    this.clients.of(carrier).add(by);
  }

  told(wires: readonly Wire[], readers: number): void {
    for (const { types } of wires) for (const type of types) this.frames.of(type).add(readers);
  }

  drop(reason: DropReason): void {
    this.dropped.of(reason).add(1);
  }
}
