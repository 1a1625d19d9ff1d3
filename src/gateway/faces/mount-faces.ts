import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { mountBelow } from '@app/http';
import { Door } from './door';

/** Opens the three faces on the server of an application that holds the gateway, before it listens. */
export function mountFaces(app: NestFastifyApplication): void {
  mountBelow(app, (rules) => app.get(Door, { strict: false }).below(rules));
}
