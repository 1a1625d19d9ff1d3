import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FastifyReply } from 'fastify';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DomainError } from '@app/kernel';

export class GuideNotFoundError extends DomainError {
  readonly code = 'guide_not_found';
  readonly kind = 'not_found';
  readonly title = 'No page of the documentation has this name';
  override readonly hint = 'The pages are listed at /llms.txt.';
  constructor() {
    super('There is no such page.');
  }
}

const FOR_PROGRAMS = ['llms.txt', 'llms-full.txt'] as const;
const TEXT = 'text/plain; charset=utf-8';
const MARKDOWN = 'text/markdown; charset=utf-8';

/**
 * The documentation as it lies in the repository, so that a program that was given the address of an installation can
 * read how to use it: `/llms.txt`, `/llms-full.txt`, and `/docs/**.md` under the same paths as there.
 */
export function mountGuides(app: NestFastifyApplication, root: string): void {
  const fastify = app.getHttpAdapter().getInstance();
  let known: ReadonlySet<string> | undefined;
  // Names are looked up among those that are there: what a caller sends never becomes a path of a file.
  const send = async (reply: FastifyReply, name: string, type: string): Promise<void> => {
    known ??= guidesOf(root);
    if (!known.has(name)) throw new GuideNotFoundError();
    const text = await readFile(join(root, name));
    await reply.type(type).send(text);
  };
  for (const name of FOR_PROGRAMS) fastify.get(`/${name}`, (_, reply) => send(reply, name, TEXT));
  fastify.get<{ Params: { page: string } }>('/docs/:page(^[\\w-]+\\.md$)', ({ params }, reply) =>
    send(reply, `docs/${params.page}`, MARKDOWN),
  );
  fastify.get<{ Params: { folder: string; page: string } }>(
    '/docs/:folder/:page(^[\\w-]+\\.md$)',
    ({ params }, reply) => send(reply, `docs/${params.folder}/${params.page}`, MARKDOWN),
  );
}

function guidesOf(root: string): ReadonlySet<string> {
  const docs = join(root, 'docs');
  const pages = existsSync(docs) ? readdirSync(docs, { recursive: true, encoding: 'utf8' }) : [];
  return new Set([
    ...FOR_PROGRAMS.filter((name) => existsSync(join(root, name))),
    ...pages.filter((name) => name.endsWith('.md')).map((name) => `docs/${name.replaceAll('\\', '/')}`),
  ]);
}
