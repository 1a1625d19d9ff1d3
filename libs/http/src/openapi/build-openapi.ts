import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { FieldProblemDto, ProblemDto } from '../problems/problem.dto';
import { ErrorPages } from '../docs/error-pages';
import { PATH_ALIASES } from '../server/aliases';
import { addExamples } from './examples';
import { completeOperations } from './operations';
import { completeSchemas } from './schemas';
import { dropUnusedResponses, sharedComponents } from './shared-components';

export interface OpenApiOptions {
  readonly version: string;
  readonly description?: string;
  /** Name and description of each tag that a controller uses. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Where `docs/errors` is; found beside the sources when left out. */
  readonly errorPagesDir?: string;
}

const DESCRIPTION =
  'The control plane for MCP servers and the agents that use them. Enumerations in answers may grow: treat an unknown value as "other".';

/** The document of all controllers, in OpenAPI 3.1 proper: null as a type, examples, shared problems, closed bodies. */
export function buildOpenApi(app: NestFastifyApplication, options: OpenApiOptions): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Quayside')
    .setDescription(options.description ?? DESCRIPTION)
    .setVersion(options.version)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/', 'This server')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key or an access token.' })
    .addSecurityRequirements('bearer');
  for (const [name, description] of Object.entries(options.tags ?? {})) builder.addTag(name, description);
  const raw = SwaggerModule.createDocument(app, builder.build(), {
    extraModels: [ProblemDto, FieldProblemDto],
    operationIdFactory: (_controller, method) => method,
  });
  // A copy without class instances: what is changed below must not reach the scanner's own objects.
  const document = JSON.parse(JSON.stringify(raw)) as OpenAPIObject;
  sharedComponents(document);
  completeOperations(document, new ErrorPages(options.errorPagesDir));
  dropUnusedResponses(document);
  completeSchemas(document);
  addExamples(document);
  return Object.assign(document, {
    'x-alias-of': PATH_ALIASES.map(({ alias, of, deep }) => ({ alias, of, sub_paths: deep })),
  });
}
