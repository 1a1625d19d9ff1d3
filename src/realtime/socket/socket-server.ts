import { type IncomingMessage } from 'node:http';
import { type Duplex } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { clientAddress, type HouseRules, requestIdOf, type UpgradeHandler } from '@app/http';
import { type DomainError } from '@app/kernel';
import { childTraceparent, type RequestScope, traceIdOf } from '@app/telemetry';
import { WebSocketServer } from 'ws';
import { refuseCredentialInUrl } from '../../identity';
import { CLOSE } from '../domain/close-codes';
import { Streams } from '../feed/streams';
import { Connections } from '../limits/connections';
import { type DropReason, RealtimeMetrics } from '../realtime-metrics';
import { Admission } from './admission';
import { Conversation } from './conversation';
import { refuseHandshake } from './refuse-handshake';
import { SocketOutlet } from './socket-outlet';

const PATH = '/ws';
const ENVELOPES = 'cloudevents.json';
/** What clients say is short; subscriptions with long filters are a few KiB. */
const FRAME_MAX_BYTES = 256 * 1_024;

/** Takes WebSockets at `/ws`, on the port of everything else. */
@Injectable()
export class SocketServer {
  private readonly sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: FRAME_MAX_BYTES,
    // Frames are made once for all; packing them for each reader would cost more than it saves.
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(ENVELOPES) ? ENVELOPES : false),
  });

  constructor(
    private readonly connections: Connections,
    private readonly streams: Streams,
    private readonly admission: Admission,
    private readonly metrics: RealtimeMetrics,
  ) {}

  handler({ hosts, trustedProxies }: HouseRules): UpgradeHandler {
    const addressOf = clientAddress(trustedProxies);
    return (request, socket, head) => {
      const { url = '/', headers } = request;
      const [path, query = ''] = url.split('?');
      if (path !== PATH || headers.upgrade?.toLowerCase() !== 'websocket') return false;
      const fault = hosts.check(url, headers) ?? faultOf(url);
      if (fault === undefined)
        this.take({ request, socket, head }, scopeOf(request, addressOf(request)), ticketIn(query));
      else refuseHandshake(socket, fault, requestIdOf(request));
      return true;
    };
  }

  private take(
    { request, socket, head }: { request: IncomingMessage; socket: Duplex; head: Buffer },
    scope: RequestScope,
    ticket: string | undefined,
  ): void {
    this.sockets.handleUpgrade(request, socket, head, (ws) => {
      const onDropped = (reason: DropReason): void => {
        this.metrics.drop(reason);
      };
      // The library ends the connection itself after a fault of the protocol; unheard, the error would end the process.
      ws.on('error', () => {
        onDropped('bad_frame');
      });
      const shape = ws.protocol === ENVELOPES ? 'cloudevents' : 'flat';
      const outlet = new SocketOutlet(ws, socket, shape, onDropped);
      const { refusal } = this.connections;
      if (refusal !== undefined) {
        onDropped(refusal === CLOSE.tooMany ? 'too_many' : 'unavailable');
        outlet.close(refusal);
        return;
      }
      this.connections.add(outlet);
      const { admission, streams } = this;
      new Conversation(outlet, { admission, streams, scope, onDropped }).begin(ws, ticket);
    });
  }
}

/** A ticket is good once and for seconds, so that it may stand in an address; nothing else may. */
const ticketIn = (query: string): string | undefined => new URLSearchParams(query).get('ticket') ?? undefined;

function faultOf(url: string): DomainError | undefined {
  try {
    refuseCredentialInUrl(url);
    return undefined;
  } catch (error) {
    return error as DomainError;
  }
}

function scopeOf(request: IncomingMessage, address: string | undefined): RequestScope {
  const sent = request.headers['traceparent'];
  const traceparent = childTraceparent(typeof sent === 'string' ? sent : undefined);
  return {
    ...{ requestId: requestIdOf(request), traceId: traceIdOf(traceparent), traceparent },
    ...(address === undefined ? {} : { address }),
  };
}
