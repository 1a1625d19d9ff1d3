import { type IncomingMessage } from 'node:http';
import { newId } from '@app/kernel';
import { childTraceparent, requestContext, traceIdOf } from '@app/telemetry';
import { type FastifyInstance } from 'fastify';
import { type AllowedHosts } from './allowed-hosts';
import { keepPlace } from './request-places';

/** Safe in a header, a log line and a file name. */
const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;
/** A proxy in front may believe these; we believe credentials only, so nobody behind us shall see them. */
const FORGEABLE = ['x-user', 'x-tenant', 'x-forwarded-user'] as const;

export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : newId();
}

const BAD_REQUEST = 400;

export interface ScopeOptions {
  readonly hosts: AllowedHosts;
  readonly version: string;
}

/** The first hook of every request, matched or not: who it is, then whether it came the right way. */
export function openRequestScope(fastify: FastifyInstance, { hosts, version }: ScopeOptions): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    for (const name of FORGEABLE) Reflect.deleteProperty(request.headers, name);
    const sent = request.headers['traceparent'];
    const parent = typeof sent === 'string' ? sent : undefined;
    const traceparent = childTraceparent(parent);
    const scope = {
      requestId: request.id,
      traceId: traceIdOf(traceparent),
      traceparent,
      address: request.ip,
      ...(parent === undefined ? {} : { parent }),
    };
    void reply.headers({ 'x-request-id': request.id, 'quayside-version': version });
    requestContext.run(scope, () => {
      keepPlace(request, scope);
      done(hosts.check(request.url, request.headers) ?? faultOf(request.url));
    });
  });
}

/** No text column takes NUL: a name or a filter that holds one would come back as a fault of ours. */
const faultOf = (url: string): Error | undefined =>
  url.includes('%00')
    ? Object.assign(new Error('NUL in the address'), { statusCode: BAD_REQUEST })
    : undefined;
