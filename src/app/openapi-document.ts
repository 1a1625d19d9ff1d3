import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { buildOpenApi } from '@app/http';
import { TAGS } from './openapi-tags';
import { PACKAGE_ROOT } from './package-root';
import { includes, type Role } from './role';
import { VERSION } from './version';

type Document = ReturnType<typeof buildOpenApi>;

/** Written by `npm run openapi` from the controllers of all roles; a test holds the two against each other. */
const WRITTEN = join(PACKAGE_ROOT, 'openapi.json');

/**
 * What the whole installation serves. An api apart from the gateway has not all of the controllers, but callers see one
 * address: they are told of everything that is behind it.
 */
export function openApiDocument(app: NestFastifyApplication, role: Role): Document {
  if (includes(role, 'gateway') || !existsSync(WRITTEN))
    return buildOpenApi(app, { version: VERSION, tags: TAGS });
  return JSON.parse(readFileSync(WRITTEN, 'utf8')) as Document;
}
