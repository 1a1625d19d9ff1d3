import helmet, { type FastifyHelmetOptions } from '@fastify/helmet';
import fastify, { type FastifyInstance } from 'fastify';

/** What an answer has anyway. */
const OF_ANY_ANSWER: ReadonlySet<string> = new Set(['content-length', 'content-type', 'date', 'connection']);

/**
 * The headers of helmet, found out once by asking it and the same for each answer: it puts them together anew for every
 * request, in a dozen steps and a promise, which a tool call notices. Tells them for whoever answers below the framework: names
 * and values by turns.
 */
export async function addSameHeaders(
  instance: FastifyInstance,
  options: FastifyHelmetOptions,
): Promise<readonly string[]> {
  const pairs = await headersOf(options);
  instance.addHook('onRequest', (_request, { raw }, done) => {
    for (const [name, value] of pairs) raw.setHeader(name, value);
    done();
  });
  return pairs.flat();
}

async function headersOf(options: FastifyHelmetOptions): Promise<readonly (readonly [string, string])[]> {
  const probe = fastify();
  try {
    await probe.register(helmet, options);
    probe.get('/', () => '');
    const { headers } = await probe.inject('/');
    return Object.entries(headers)
      .filter(([name]) => !OF_ANY_ANSWER.has(name))
      .map(([name, value]) => [name, String(value)] as const);
  } finally {
    await probe.close();
  }
}
