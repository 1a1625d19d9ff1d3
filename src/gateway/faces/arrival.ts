import { requestIdOf } from '@app/http';
import { type RawRequest, type RawResponse } from '@app/plain-http';
import { childTraceparent, type Principal, type RequestScope } from '@app/telemetry';
import { type RateVerdict } from '../../limits';

const TRACE_AT = 3;
const TRACE_END = 35;

/** One request that is served below the framework, while more and more becomes known of it. */
export class Arrival<Request extends RawRequest = RawRequest> {
  readonly startedAtMs = performance.now();
  readonly requestId: string;
  principal: Principal | undefined = undefined;
  /** Of the limit that counted last, once it was counted. */
  verdict: RateVerdict | undefined = undefined;
  private known: RequestScope | undefined = undefined;

  constructor(
    readonly request: Request,
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
