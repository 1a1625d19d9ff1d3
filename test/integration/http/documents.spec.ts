import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Ajv2020 } from 'ajv/dist/2020';
import { parse } from 'yaml';
import { buildOpenApi, createHttpApp, mountDocs } from '@app/http';
import { silent, startThings, ThingsModule } from './things.fixture';

interface Schema {
  readonly additionalProperties?: boolean;
  readonly properties: Record<string, Record<string, unknown>>;
}
interface Operation {
  readonly requestBody?: {
    readonly content: Record<string, { readonly examples: { example: { value: unknown } } }>;
  };
  readonly operationId: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly Record<string, unknown>[];
  readonly responses: Record<string, Record<string, unknown>>;
  readonly 'x-permissions'?: readonly string[];
}

describe('the documents', () => {
  let app: NestFastifyApplication;
  let text: string;
  let paths: Record<string, Record<string, Operation>>;
  let schemas: Record<string, Schema>;

  beforeAll(async () => {
    app = await createHttpApp(ThingsModule, { logger: silent, version: '1.2.3', idempotency: false });
    mountDocs(app, { document: () => buildOpenApi(app, { version: '1.2.3' }) });
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    text = (await app.inject('/openapi.json')).body;
    const document = JSON.parse(text) as {
      paths: typeof paths;
      components: { schemas: typeof schemas };
    };
    ({ paths } = document);
    ({ schemas } = document.components);
  });
  afterAll(() => app.close());

  it('are OpenAPI 3.1, with null as a type and examples in schemas', () => {
    expect(JSON.parse(text)).toMatchObject({ openapi: '3.1.0' });
    expect(text).not.toContain('"nullable"');
    expect(schemas['ThingDto']?.properties['note']).toMatchObject({
      type: ['string', 'null'],
      examples: [null],
    });
    expect(schemas['ThingDto']?.properties['name']).toMatchObject({ examples: ['docs-search'] });
  });

  it('close what callers send, and leave open what they read', () => {
    expect(schemas['CreateThingDto']?.additionalProperties).toBe(false);
    expect(schemas['PortDto']?.additionalProperties).toBe(false);
    expect(schemas['ThingDto']?.additionalProperties).toBeUndefined();
  });

  it('say for each operation what it may answer and who may call it', () => {
    const create = paths['/api/v1/mcp/servers']?.['post'];
    expect(create?.operationId).toBe('createThing');
    expect(create?.['x-permissions']).toEqual(['things:read']);
    expect(Object.keys(create?.responses ?? {})).toEqual(
      expect.arrayContaining([
        '201',
        '400',
        '401',
        '403',
        '409',
        '412',
        '413',
        '415',
        '422',
        '429',
        '500',
        '503',
      ]),
    );
    expect(create?.responses['412']).toEqual({
      $ref: '#/components/responses/Problem412',
      description: 'stale_version',
    });
    expect(create?.parameters).toContainEqual({ $ref: '#/components/parameters/IdempotencyKey' });
  });

  it('give each body an example that fits its schema', () => {
    const create = paths['/api/v1/mcp/servers']?.['post'];
    const body = create?.requestBody?.content['application/json'];
    expect(body?.examples.example.value).toEqual({
      name: 'docs-search',
      size: 'small',
      listen: { port: 8_080 },
    });

    const ajv = new Ajv2020({ strict: false });
    ajv.addSchema(JSON.parse(text) as object, 'openapi');
    const validate = ajv.getSchema('openapi#/components/schemas/CreateThingDto');
    expect(validate?.(body?.examples.example.value)).toBe(true);
    expect(validate?.({ name: 'docs-search', size: 'small', more: 1 })).toBe(false);
  });

  it('mark what is open to all', () => {
    const health = paths['/health']?.['get'];
    expect(health?.security).toEqual([]);
    expect(health?.responses).not.toHaveProperty('401');
    expect(text).not.toContain('x-public');
  });

  it('list the unversioned paths once', () => {
    expect(JSON.parse(text)).toMatchObject({
      'x-alias-of': expect.arrayContaining([
        { alias: '/templates', of: '/api/v1/mcp/templates', sub_paths: false },
      ]) as unknown,
    });
  });

  it('are the same in YAML', async () => {
    const { body, headers } = await app.inject('/openapi.yaml');
    expect(headers['content-type']).toContain('yaml');
    expect(parse(body)).toEqual(JSON.parse(text));
  });

  it('are shown by Swagger UI from our own files, under its own policy', async () => {
    const page = await app.inject('/docs');
    const script = await app.inject('/docs/swagger-ui-bundle.js');

    expect([page.statusCode, script.statusCode]).toEqual([200, 200]);
    expect(page.headers['content-security-policy']).toContain("script-src 'self';");
    expect(page.body).not.toMatch(/(?:src|href)="https?:/);
    // An inline script would be refused by that policy.
    expect(page.body).not.toMatch(/<script>\s*\S/);
  });

  it('explain a problem in Markdown, and in HTML for a browser', async () => {
    const plain = await app.inject('/problems/stale_version');
    const html = await app.inject({
      url: '/problems/stale_version',
      headers: { accept: 'text/html,*/*;q=0.8' },
    });

    expect(plain.headers['content-type']).toContain('text/markdown');
    expect(plain.body).toContain('Status: 412');
    expect(html.headers['content-type']).toContain('text/html');
    expect(html.body).toContain('<h1>stale_version</h1>');
    expect(html.body).toContain('<code>If-Match</code>');
  });

  it.each(['nothing_like_it', '..%2f..%2fpackage', 'UPPER'])('have no page for %s', async (code) => {
    const answer = await app.inject(`/problems/${code}`);
    expect([answer.statusCode, answer.json()]).toEqual([
      404,
      expect.objectContaining({ code: 'problem_page_not_found' }),
    ]);
  });
});

it('a document with a code that has no page is not built', async () => {
  const app = await startThings();
  const dir = __dirname;
  expect(() => buildOpenApi(app, { version: '1', errorPagesDir: dir })).toThrow(
    'docs/errors/stale_version.md is missing',
  );
  await app.close();
});
