import { requestIdOf } from '@app/http';
import { type ScannedMessage } from '@app/mcp';
import { type RawRequest, type RawResponse } from '@app/plain-http';
import { childTraceparent, type Principal, type RequestScope } from '@app/telemetry';
import { type RateVerdict } from '../../limits';
import { type TerminalFace } from '../terminal/conversation';
import { type FacePath } from './face-path';
import { type FaceRequest, type FaceStream } from './face-request';

const TRACE_AT = 3;
const TRACE_END = 35;

/** One request at the door, while more and more becomes known of it. */
export class Visit {
  readonly startedAtMs = performance.now();
  readonly requestId: string;
  principal: Principal | undefined = undefined;
  scan: ScannedMessage | undefined = undefined;
  /** Of the limit that counted last, once it was counted. */
  verdict: RateVerdict | undefined = undefined;
  private known: RequestScope | undefined = undefined;

  constructor(
    readonly path: FacePath,
    readonly request: RawRequest,
    readonly response: RawResponse,
    private readonly addressOf: (request: RawRequest) => string | undefined,
  ) {
    this.requestId = requestIdOf(request);
  }

  /** Values of `RateLimit-Policy` and `RateLimit`. */
  get limit(): RateVerdict['headers'] | undefined {
    return this.verdict?.headers;
  }

  /** Made at its first use, when who calls is known or known to be nobody. */
  get scope(): RequestScope {
    this.known ??= this.makeScope();
    return this.known;
  }

  get address(): string | undefined {
    return this.addressOf(this.request);
  }

  private makeScope(): RequestScope {
    const { principal, request, address } = this;
    const sent = request.headers['traceparent'];
    const parent = typeof sent === 'string' ? sent : undefined;
    const traceparent = childTraceparent(parent);
    const scope: { -readonly [Member in keyof RequestScope]: RequestScope[Member] } = {
      requestId: this.requestId,
      // Ours is proper: where its trace stands need not be looked for.
      traceId: traceparent.slice(TRACE_AT, TRACE_END),
      traceparent,
    };
    // Set one by one: joining objects is slow, and this is done for each request.
    if (principal !== undefined) scope.principal = principal;
    if (address !== undefined) scope.address = address;
    if (parent !== undefined) scope.parent = parent;
    return scope;
  }
}

/** For the fronts, from a visit that passed the door. */
export function streamOf(visit: Visit, face: TerminalFace): FaceStream {
  const { request, response, scope } = visit;
  return { face, principal: admitted(visit), request, response, scope };
}

export function requestOf(visit: Visit, face: TerminalFace, body: Buffer): FaceRequest {
  const { request, response, scope, scan } = visit;
  if (scan === undefined) throw new Error('A message is read before it is served.');
  return { face, principal: admitted(visit), request, response, scope, body, scan };
}

/** Who came in, when what every answer says of that is on the answer. */
function admitted(visit: Visit): Principal {
  const { response, principal, limit } = visit;
  if (principal === undefined) throw new Error('Nobody is behind the door whom the gate does not know.');
  // The relay writes it into its own heads; a front need not know of it.
  if (!response.headersSent) response.setHeader('x-request-id', visit.requestId);
  // The fronts write their answers themselves.
  if (limit !== undefined) {
    response.setHeader('ratelimit-policy', limit[0]);
    response.setHeader('ratelimit', limit[1]);
  }
  return principal;
}
