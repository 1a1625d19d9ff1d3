import { type IncomingMessage, type ServerResponse } from 'node:http';
import { requestIdOf } from '@app/http';
import { type ScannedMessage } from '@app/mcp';
import { childTraceparent, type Principal, type RequestScope, traceIdOf } from '@app/telemetry';
import { type TerminalFace } from '../terminal/conversation';
import { type FacePath } from './face-path';
import { type FaceRequest, type FaceStream } from './face-request';

/** One request at the door, while more and more becomes known of it. */
export class Visit {
  readonly startedAtMs = performance.now();
  readonly requestId: string;
  principal: Principal | undefined = undefined;
  scan: ScannedMessage | undefined = undefined;
  private known: RequestScope | undefined = undefined;

  constructor(
    readonly path: FacePath,
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    private readonly addressOf: (request: IncomingMessage) => string | undefined,
  ) {
    this.requestId = requestIdOf(request);
  }

  /** Made at its first use, when who calls is known or known to be nobody. */
  get scope(): RequestScope {
    this.known ??= this.makeScope();
    return this.known;
  }

  private makeScope(): RequestScope {
    const { principal, request } = this;
    const sent = request.headers['traceparent'];
    const traceparent = childTraceparent(typeof sent === 'string' ? sent : undefined);
    const address = this.addressOf(request);
    return {
      requestId: this.requestId,
      traceId: traceIdOf(traceparent),
      traceparent,
      ...(principal === undefined ? {} : { principal }),
      ...(address === undefined ? {} : { address }),
    };
  }
}

/** For the fronts, from a visit that passed the door. */
export function streamOf(visit: Visit, face: TerminalFace): FaceStream {
  const { request, response, principal, scope } = visit;
  if (principal === undefined) throw new Error('Nobody is behind the door whom the gate does not know.');
  return { face, principal, request, response, scope };
}

export function requestOf(visit: Visit, face: TerminalFace, body: Buffer): FaceRequest {
  const { scan } = visit;
  if (scan === undefined) throw new Error('A message is read before it is served.');
  return { ...streamOf(visit, face), body, scan };
}
