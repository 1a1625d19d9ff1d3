import { type FastifyReply, type FastifyRequest } from 'fastify';
import { prefixFor } from './page';

const SEE_OTHER = 303;

interface FrontDoorOptions {
  readonly publicUrls: readonly string[];
  readonly version: string;
}

/** `GET /`: people are led to the console, programs are told where everything is. */
export function answerFrontDoor(
  { headers: { host = '', accept = '' } }: FastifyRequest,
  reply: FastifyReply,
  { publicUrls, version }: FrontDoorOptions,
): FastifyReply {
  const base = prefixFor(host, publicUrls);
  void reply.header('vary', 'accept').header('cache-control', 'no-store');
  if (accept.toLowerCase().includes('text/html')) return reply.redirect(`${base}/console/`, SEE_OTHER);
  const index = {
    name: 'quayside',
    version,
    links: {
      console: `${base}/console/`,
      documentation: `${base}/docs`,
      openapi: `${base}/openapi.json`,
      health: `${base}/health`,
      api: `${base}/api/v1`,
      mcp: `${base}/mcp`,
      events: `${base}/ws`,
    },
  };
  // As bytes: given a text, the framework would add a charset, which JSON does not have.
  return reply.type('application/json').send(Buffer.from(JSON.stringify(index)));
}
