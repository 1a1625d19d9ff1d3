import { DomainError } from '@app/kernel';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { stringify } from 'yaml';
import { ErrorPages } from './error-pages';
import { page, toHtml } from './markdown';

export interface DocsOptions {
  /** Called once, when somebody first asks for it: building it would make every start a fifth of a second longer. */
  readonly document: () => OpenAPIObject;
  readonly errorPagesDir?: string;
}

export class ProblemPageNotFoundError extends DomainError {
  readonly code = 'problem_page_not_found';
  readonly kind = 'not_found';
  readonly title = 'No problem has this code';
  override readonly hint = 'Copy the code from the answer that you got.';
  constructor() {
    super('There is no page for this problem code.');
  }
}

/** Swagger UI styles itself inline; scripts still come from files of ours only. */
const DOCS_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const PAGE_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const DOCS = /^\/docs(?:[/?]|$)/;

/** The documents that are the same everywhere and open to all: `/docs`, `/openapi.*`, `/problems/<code>`. */
export function mountDocs(app: NestFastifyApplication, { document, errorPagesDir }: DocsOptions): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (DOCS.test(request.url)) void reply.header('content-security-policy', DOCS_POLICY);
    done(null, payload);
  });
  const built = once(document);
  SwaggerModule.setup('docs', app, built, {
    raw: false,
    customSiteTitle: 'Quayside API',
    swaggerOptions: { validatorUrl: null },
  });
  const asJson = once(() => Buffer.from(JSON.stringify(built(), undefined, 2)));
  const asYaml = once(() => stringify(built(), { aliasDuplicateObjects: false }));
  fastify.get('/openapi.json', (_, reply) => reply.type('application/json').send(asJson()));
  fastify.get('/openapi.yaml', (_, reply) => reply.type('application/yaml').send(asYaml()));
  const pages = new ErrorPages(errorPagesDir);
  fastify.get<{ Params: { code: string } }>('/problems/:code', (request, reply) => {
    sendPage(request, reply, pages.read(request.params.code));
  });
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function sendPage(request: FastifyRequest, reply: FastifyReply, markdown: string | undefined): void {
  if (markdown === undefined) throw new ProblemPageNotFoundError();
  void reply.header('vary', 'accept').header('content-security-policy', PAGE_POLICY);
  if (prefersHtml(request.headers.accept)) {
    const title = /^# (.+)$/m.exec(markdown)?.[1] ?? 'Problem';
    void reply.type('text/html; charset=utf-8').send(page(title, toHtml(markdown)));
  } else void reply.type('text/markdown; charset=utf-8').send(markdown);
}

/** Browsers name HTML; programs that ask for anything read Markdown more easily. */
function prefersHtml(accept = ''): boolean {
  const types = accept.toLowerCase();
  const htmlAt = types.indexOf('text/html');
  const markdownAt = types.indexOf('text/markdown');
  return htmlAt !== -1 && (markdownAt === -1 || htmlAt < markdownAt);
}
