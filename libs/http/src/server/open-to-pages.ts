import { type FastifyInstance, type FastifyReply } from 'fastify';
import { type AllowedHosts } from './allowed-hosts';

/** Pages may read with a credential that they hold themselves; a browser never adds one of its own to `*`. */
const HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, OPTIONS',
  'access-control-allow-headers': 'Authorization, Content-Type',
  'access-control-max-age': '600',
} as const;
const NO_CONTENT = 204;

const hostsOf = new WeakMap<object, AllowedHosts>();

/** Called once for each server, so that contexts can open a part of it later. */
export function keepHosts(fastify: FastifyInstance, hosts: AllowedHosts): void {
  hostsOf.set(fastify, hosts);
}

/**
 * Lets pages of any origin read what lies below a path, for as long as `isOpen` says so: nothing but GET and its preflight. Who
 * may read it is another question, which the guard answers.
 */
export function openToPages(fastify: FastifyInstance, prefix: string, isOpen: () => boolean): void {
  const covers = (url: string): boolean => url.startsWith(prefix) && isOpen();
  hostsOf.get(fastify)?.openToPages(covers);
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!covers(request.url)) {
      done();
      return;
    }
    void reply.headers(HEADERS);
    if (request.method === 'OPTIONS') answerPreflight(reply);
    else done();
  });
}

const answerPreflight = (reply: FastifyReply): void => {
  void reply.code(NO_CONTENT).send();
};
