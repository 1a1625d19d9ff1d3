import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { ConsoleNotBuiltError } from './console.errors';
import { contentPolicy, PERMISSIONS_POLICY } from './content-policy';
import { answerFrontDoor } from './front-door';
import { pageFor, prefixFor } from './page';
import { smallFile } from './small-files';

export interface ConsoleOptions {
  /** Where the build put it. */
  readonly folder: string;
  /** Addresses that users reach us by. */
  readonly publicUrls: readonly string[];
  readonly version: string;
}

const NONCE_BYTES = 16;
const ROOT = '/console/';
const NOT_MODIFIED = 304;
const PERMANENT_REDIRECT = 308;

/** The web console under `/console/`, and the way to it from `/`. Every other path stays an API: it never answers HTML. */
export async function mountConsole(app: NestFastifyApplication, options: ConsoleOptions): Promise<void> {
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  fastify.get('/', (request, reply) => answerFrontDoor(request, reply, options));
  fastify.get('/console', ({ headers: { host = '' } }, reply) =>
    reply.redirect(`${prefixFor(host, options.publicUrls)}${ROOT}`, PERMANENT_REDIRECT),
  );
  await mountAssets(fastify, join(options.folder, 'assets'));
  fastify.get<{ Params: { '*': string } }>(`${ROOT}*`, async (request, reply) => {
    const file = await smallFile(options.folder, request.params['*']);
    if (file === undefined) return sendPage(request, reply, options);
    void reply.header('etag', file.etag).header('cache-control', 'no-cache');
    if (request.headers['if-none-match'] === file.etag) return reply.status(NOT_MODIFIED).send();
    return reply.type(file.type).send(file.content);
  });
}

/** Their names change with their content, so a browser asks for each of them once; they were compressed when they were built. */
async function mountAssets(fastify: FastifyInstance, root: string): Promise<void> {
  if (!existsSync(root)) return;
  await fastify.register(fastifyStatic, {
    ...{ root, prefix: `${ROOT}assets/`, decorateReply: false, index: false },
    ...{ preCompressed: true, immutable: true, maxAge: '365d' },
  });
}

async function sendPage(
  { headers: { host = '' } }: FastifyRequest,
  reply: FastifyReply,
  { folder, publicUrls }: ConsoleOptions,
): Promise<FastifyReply> {
  const built = await readFile(join(folder, 'index.html'), 'utf8').catch((cause: unknown) => {
    throw new ConsoleNotBuiltError({ cause });
  });
  const nonce = randomBytes(NONCE_BYTES).toString('base64');
  return reply
    .header('content-security-policy', contentPolicy(nonce))
    .header('permissions-policy', PERMISSIONS_POLICY)
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(pageFor(built, { nonce, base: prefixFor(host, publicUrls) }));
}
