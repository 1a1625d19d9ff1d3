import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { requestContext } from '@app/telemetry';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type RateClass } from '../domain/rate-class';
import { RateLimiter, refusalOf } from '../rates/rate-limiter';

const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Whoever proves who he is, is nobody before: counted by where he comes from. */
const SIGN_IN = /^\/api\/v1\/auth\//;
const TOOL_CALL = '/api/v1/mcp/tools/call';
/** Asked by balancers and orchestrators, all from one address: a refusal would end a process that is well. */
const PROBES: ReadonlySet<string> = new Set(['/health/live', '/health/ready', '/health/startup']);

/** Counts every request of every route, after it is known who calls. */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(private readonly rates: RateLimiter) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    if (PROBES.has(request.routeOptions.url ?? '')) return true;
    const principal = requestContext.get()?.principal;
    const caller = { principal, address: request.ip };
    const policy = classOf(request, principal !== undefined);
    const now = this.rates.consumeNow(policy, caller);
    const verdict = now === 'later' ? await this.rates.consume(policy, caller) : now;
    if (verdict === undefined) return true;
    const [policyHeader, limitHeader] = verdict.headers;
    void http
      .getResponse<FastifyReply>()
      .headers({ 'ratelimit-policy': policyHeader, ratelimit: limitHeader });
    if (!verdict.allowed) throw refusalOf(verdict);
    return true;
  }
}

function classOf({ method, routeOptions }: FastifyRequest, isKnown: boolean): RateClass {
  const route = routeOptions.url ?? '';
  if (SIGN_IN.test(route)) return 'refresh';
  if (!isKnown) return 'anonymous';
  if (route === TOOL_CALL) return 'tool_calls';
  return READING.has(method) ? 'read' : 'write';
}
