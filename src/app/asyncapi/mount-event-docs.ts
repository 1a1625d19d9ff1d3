import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DomainError, type JsonObject } from '@app/kernel';
import { buildAsyncApi } from './build-asyncapi';
import { type EventSchema, readEventSchemas } from './event-schemas';
import { eventsPage } from './events-page';

export class EventSchemaNotFoundError extends DomainError {
  readonly code = 'event_schema_not_found';
  readonly kind = 'not_found';
  readonly title = 'No event has this type';
  override readonly hint = 'The types are listed at /docs/events.';
  constructor() {
    super('There is no schema for this event type.');
  }
}

export interface EventDocsOptions {
  readonly version: string;
  readonly publicUrl: string;
}

const SUFFIX = '.json';
const SCHEMA_TYPE = 'application/schema+json; charset=utf-8';

/** `/asyncapi.json`, `/docs/events` and `/schemas/events/*`: the same everywhere, open to all, made when first asked for. */
export function mountEventDocs(app: NestFastifyApplication, options: EventDocsOptions): void {
  const fastify = app.getHttpAdapter().getInstance();
  let made: { readonly events: readonly EventSchema[]; readonly document: Buffer } | undefined;
  const docs = (): NonNullable<typeof made> => {
    const events = made?.events ?? readEventSchemas();
    return (made ??= { events, document: asBytes(buildAsyncApi({ ...options, events })) });
  };
  fastify.get('/asyncapi.json', (_, reply) => reply.type('application/json').send(docs().document));
  fastify.get('/docs/events', (_, reply) =>
    reply.type('text/html; charset=utf-8').send(eventsPage(docs().events)),
  );
  fastify.get<{ Params: { file: string } }>('/schemas/events/:file', ({ params: { file } }, reply) => {
    const found = docs().events.find(({ type }) => `${type}${SUFFIX}` === file);
    if (found === undefined) throw new EventSchemaNotFoundError();
    return reply.type(SCHEMA_TYPE).send(JSON.stringify(found.schema, undefined, 2));
  });
}

const asBytes = (document: JsonObject): Buffer => Buffer.from(JSON.stringify(document, undefined, 2));
